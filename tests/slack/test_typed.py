import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.typed import clean, unmarked

PAPER = "https://arxiv.org/abs/2305.14710"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("R&amp;D &lt;b&gt;", "R&D <b>"),
        ("&amp;lt;", "&lt;"),
        ("“length bias” ‘x’ «y»", '"length bias" \'x\' "y"'),
        ("a\x00b\tc\nd\u2028e", "a b c d e"),
        ("  two   blanks ", "two blanks"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
        ("Tu\u0308lu", "Tülu"),
    ],
)
def test_typed_text_is_cleaned(typed: str, meant: str) -> None:
    """What Slack and phones do to text is undone."""
    assert clean(typed) == meant


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("lora moe", "lora moe"),
        (f"<{PAPER}>", PAPER),
        (f"<{PAPER}|this paper>", PAPER),
        (f"show <{PAPER}|arxiv.org/abs/2305.14710> now", f"show {PAPER} now"),
        (
            "<https://aclanthology.org/2024.naacl-long.171/|x>",
            "https://aclanthology.org/2024.naacl-long.171/",
        ),
        ("<https://example.com/a?b=1&amp;c|example.com> here", "example.com here"),
        ("<https://example.com>", "https://example.com"),
        ("<mailto:a@b.org|a@b.org>", "a@b.org"),
        ("<#C0123|safety> papers", "safety papers"),
        ("<#C0123|> papers", " papers"),
        ("<#C0123> papers", " papers"),
        ("<@U0BOT> lora <@U0ANA|ana>", " lora "),
        ("<!here> <!subteam^S1|@team> lora", "  lora"),
        ("<!date^1392734382^{date}|today>", ""),
        ("&lt;@U0BOT&gt; a &lt; b", "&lt;@U0BOT&gt; a &lt; b"),
        ("a < b", "a < b"),
    ],
)
def test_markup_is_undone(sent: str, meant: str) -> None:
    """Only Slack's own: brackets that were typed come as entities."""
    assert unmarked(sent) == meant


@given(st.text("<>|@#!ahtps:/&;"))
def test_no_markup_is_left(sent: str) -> None:
    """Whatever comes, no mention stays one."""
    assert "<@a>" not in unmarked(sent)
