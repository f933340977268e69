import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.slack.commands import (
    EXAMPLES,
    Bib,
    Command,
    Help,
    Search,
    Show,
    Similar,
    Slip,
    Status,
    clean,
    parse_command,
)

A, B = "2305.14710", "2311.09433"


def everywhere(_word: str) -> bool:
    """Say that a word is in some paper."""
    return True


def nowhere(_word: str) -> bool:
    """Say that a word is in no paper."""
    return False


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
        ("--me help", Help()),
        ("status", Status()),
        ("STATUS", Status()),
        ("--me status", Status()),
        ("search status", Search("status")),
        (f"show {A}", Show(A)),
        (f"Show arXiv:{A}v2", Show(f"arXiv:{A}v2")),
        (f"--me show {A}", Show(A)),
        (f"show https://arxiv.org/abs/{A}", Show(f"https://arxiv.org/abs/{A}")),
        ("show https://example.com/x", Show("https://example.com/x")),
        (f"show &lt;https://arxiv.org/abs/{A}|a paper&gt;", Show(f"https://arxiv.org/abs/{A}")),
        (f"show <https://arxiv.org/abs/{A}|arxiv.org>", Show(f"https://arxiv.org/abs/{A}")),
        ("show 2 papers", Show("2 papers")),
        (A, Show(A)),
        (f"--me arXiv:{A}v3", Show(f"arXiv:{A}v3")),
        (f"<https://arxiv.org/abs/{A}|arxiv.org>", Show(f"https://arxiv.org/abs/{A}")),
        (
            "https://aclanthology.org/2024.naacl-long.171/",
            Show("https://aclanthology.org/2024.naacl-long.171/"),
        ),
        (f"search {A}", Search(A)),
        (f"{A} and more", Search(f"{A} and more")),
        ("https://example.com/x", Search("https://example.com/x")),
        ("GPT-4", Search("GPT-4")),
        ("show me papers", Search("show me papers")),
        ("showing 3 things", Search("showing 3 things")),
        (f"similar {A}", Similar(A)),
        ("similar work", Search("similar work")),
        (f"bib {A}", Bib((A,))),
        (f"bib {A} {B}", Bib((A, B))),
        (f"bib {A}, {B},{A}", Bib((A, B))),
        (f"bib <https://arxiv.org/abs/{A}|one, 2> {B}", Bib((f"https://arxiv.org/abs/{A}", B))),
        ("bib latex", Search("bib latex")),
    ],
)
def test_what_is_not_clearly_a_command_is_a_search(typed: str, meant: Command) -> None:
    """Each line is read as a person means it."""
    assert parse_command(typed, everywhere) == meant


@pytest.mark.parametrize("typed", ["search", "search   ", "--me", "--me search", "search --me"])
def test_a_search_for_nothing_is_refused_with_an_example(typed: str) -> None:
    """Search and --me need words behind them."""
    with pytest.raises(UserError) as refused:
        parse_command(typed, nowhere)
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


@pytest.mark.parametrize("name", ["show", "similar", "bib"])
def test_a_command_without_its_paper_is_refused_with_an_example(name: str) -> None:
    """What names a paper needs one; --me changes nothing."""
    for typed in (name, f" {name.upper()} ", f"--me {name}"):
        with pytest.raises(UserError) as refused:
            parse_command(typed, nowhere)
        assert refused.value.message == EXAMPLES[name]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hlep", "help"),
        ("hlep search", "help search"),
        ("statsu", "status"),
        ("Statuss", "status"),
        ("shwo 2305.14710", "show 2305.14710"),
        ("shwo", "show"),
        ("simlar 2305.14710", "similar 2305.14710"),
        ("bibb 2305.14710", "bib 2305.14710"),
        ("serach lora moe", "search lora moe"),
    ],
)
def test_a_slip_is_offered_its_command(typed: str, meant: str) -> None:
    """A first word one slip from a command that is in no paper is no search; one that is in some is."""
    assert parse_command(typed, nowhere) == Slip(typed, meant)
    assert parse_command(typed, everywhere) == Search(typed)


@pytest.mark.parametrize(
    "typed", ["hlep wanted", "shwo me papers", "statsu quo", "search hlep", "zebrafish", "hpel 1"]
)
def test_what_would_be_no_command_is_no_slip(typed: str) -> None:
    """Where the word spelled right would be a search, or it is two slips away, it is searched for."""
    assert isinstance(parse_command(typed, nowhere), Search)


def meaning(typed: str) -> Command | str:
    """Return what a line is taken for, or the sentence that refuses it."""
    try:
        return parse_command(typed, nowhere)
    except UserError as error:
        return error.message


@given(st.text() | st.from_regex(r"(--me )?(show|similar|bib|help|search|status)[ <>|,0-9a-z:/]*"))
def test_any_text_means_something(typed: str) -> None:
    """Whatever is typed is a command, a search for something, or refused with a sentence."""
    assert repr(meaning(typed)).encode()
