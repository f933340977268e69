import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.mrkdwn import bold, code, link, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Quality, & Toxicity", "Quality, &amp; Toxicity"),
        ("<!channel> <@U1> <https://x.org|y>", "&lt;!channel&gt; &lt;@U1&gt; &lt;https://x.org|y&gt;"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
        ("a *b* ~c~ `d`", "a ∗b∗ ∼c∼ ˋdˋ"),
        ("_x_ but DomURLs_BERT and x_i", "ˍxˍ but DomURLs_BERT and x_i"),
        ("__init__", "ˍˍinitˍˍ"),
        (":tada: at 10:30:45 and a: b:", "∶tada: at 10∶30:45 and a: b:"),
        ("one\ntwo   three", "one two three"),
        ("lora \u202eevil\u200b\u2066", "lora evil"),
    ],
)
def test_text_says_just_itself(text: str, shown: str) -> None:
    """Whatever Slack would read as markup is taken out of its reach."""
    assert plain(text) == shown


@given(st.text())
def test_no_text_holds_markup(text: str) -> None:
    """No text brings a tag, a formatting character or a second line."""
    assert not re.search(r"[<>*~`\n]|&(?!amp;|lt;|gt;)", plain(text))


def test_bold_and_code_wrap_what_is_safe() -> None:
    """Bold text and code cannot end early."""
    assert (bold("a*b"), bold(" "), code("/paper `x` <b>")) == ("*a∗b*", "", "`/paper ˋxˋ &lt;b&gt;`")


@pytest.mark.parametrize(
    ("address", "label", "shown"),
    [
        ("https://arxiv.org/abs/2305.14710", "A &gt; B", "<https://arxiv.org/abs/2305.14710|A &gt; B>"),
        ("https://x.org/" + "é" * 100, "x", "x"),
        ("https://x.org/?a=1&b=2", "x", "<https://x.org/?a=1&amp;b=2|x>"),
        ("https://x.org/a|b>c <d", "x", "<https://x.org/a%7Cb%3Ec%20%3Cd|x>"),
        ("https://x.org/%C3%BC", "x", "<https://x.org/%C3%BC|x>"),
        ("javascript:alert(1)", "x", "x"),
        ("//x.org", "x", "x"),
        ("https://", "x", "x"),
        ("https://[", "x", "x"),
        ("", "x", "x"),
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(address: str, label: str, shown: str) -> None:
    """Only http and https addresses are linked, and neither part can break out of the link."""
    assert link(address, label) == shown
