import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.slack.commands import Command, Help, Search, clean, parse_command


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Help()),
        ("   ", Help()),
        ("help", Help()),
        ("Help", Help()),
        ("?", Help()),
        ("--help", Help()),
        ("-h", Help()),
        ("help search", Help("search")),
        ("HELP Search", Help("search")),
        ("help wanted", Search("help wanted")),
        ("help search engines", Search("help search engines")),
        ("backdoor instruction tuning", Search("backdoor instruction tuning")),
        ("search backdoor", Search("backdoor")),
        ("Search help", Search("help")),
        ("searching for minima", Search("searching for minima")),
        ("search search engines", Search("search engines")),
        ("--me lora moe", Search("lora moe", private=True)),
        ("--ME lora moe", Search("lora moe", private=True)),
        ("—me lora moe", Search("lora moe", private=True)),
        ("–-me lora moe", Search("lora moe", private=True)),
        ("--me search help", Search("help", private=True)),
        ("search --me help", Search("help", private=True)),
        ("-–me lora", Search("-–me lora")),
        ("--mean field games", Search("--mean field games")),
        ("lora --me", Search("lora --me")),
        ("status quo bias", Search("status quo bias")),
        ("--me help", Search("help", private=True)),
    ],
)
def test_what_is_not_clearly_a_command_is_a_search(typed: str, meant: Command) -> None:
    """Each line is read as a person means it."""
    assert parse_command(typed) == meant


@pytest.mark.parametrize("typed", ["search", "search   ", "--me", "--me search", "search --me"])
def test_a_search_for_nothing_is_refused_with_an_example(typed: str) -> None:
    """Search and --me need words behind them."""
    with pytest.raises(UserError) as refused:
        parse_command(typed)
    assert refused.value.message == "Search for what? For example: /paper search status quo bias"


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


def meaning(typed: str) -> str:
    """Return what a line is taken for: help, the query, or the sentence that refuses it."""
    try:
        meant = parse_command(typed)
    except UserError as error:
        return error.message
    return "help" if isinstance(meant, Help) else meant.query


@given(st.text())
def test_any_text_means_something(typed: str) -> None:
    """Whatever is typed is help, a search for something, or refused with a sentence."""
    assert meaning(typed).encode()
