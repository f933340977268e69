import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.slack.commands import (
    COMMANDS,
    EXAMPLES,
    Bib,
    Command,
    Help,
    Search,
    Show,
    Similar,
    Slip,
    Status,
    UsageError,
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
        *((f"help {name}", Help(name)) for name in COMMANDS),
        ("help bibtex", Help("bib")),
        ("? Show", Help("show")),
        ("help me", Help("me")),
        ("help --me", Help("me")),
        ("help —me", Help("me")),
        ("help me out", Search("help me out")),
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
        (f"arxiv: {A}v2", Show(f"arxiv: {A}v2")),
        (f"www.arxiv.org/pdf/{A}", Show(f"www.arxiv.org/pdf/{A}")),
        ("N18-1202", Show("N18-1202")),
        (f"{A}, {A}", Show(A)),
        (f"title:{A}", Search(f"title:{A}")),
        (f"-{A}", Search(f"-{A}")),
        ("source:2024.naacl-long.171", Search("source:2024.naacl-long.171")),
        ("author:hep-th/9901001", Search("author:hep-th/9901001")),
        ("year:2022.12345", Search("year:2022.12345")),
        (f"bert-{A}", Search(f"bert-{A}")),
        (f"{A},bert", Search(f"{A},bert")),
        (f'"{A}"', Search(f'"{A}"')),
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
        (f"bibtex {A}", Bib((A,))),
        (f"BibTeX {A} {B}", Bib((A, B))),
        ("bibtex styles", Search("bibtex styles")),
        ("showtex 1", Search("showtex 1")),
    ],
)
def test_what_is_not_clearly_a_command_is_a_search(typed: str, meant: Command) -> None:
    """Each line is read as a person means it."""
    assert parse_command(typed, everywhere) == meant


@pytest.mark.parametrize("typed", ["search", "search   ", "--me", "--me search", "search --me"])
def test_a_search_for_nothing_is_refused_with_an_example(typed: str) -> None:
    """Search and --me need words behind them."""
    assert refusal(typed) == ("Search for what? For example:", "/paper search status quo bias")


def refusal(typed: str) -> tuple[str, str]:
    """Return what refuses a line, and the line that works."""
    with pytest.raises(UsageError) as refused:
        parse_command(typed, nowhere)
    return refused.value.message, refused.value.line


@pytest.mark.parametrize("name", ["show", "similar", "bib"])
def test_a_command_without_its_paper_is_refused_with_an_example(name: str) -> None:
    """What names a paper needs one; --me changes nothing."""
    for typed in (name, f" {name.upper()} ", f"--me {name}"):
        message, line = refusal(typed)
        assert (message.endswith("for example:"), line) == (True, EXAMPLES[name])


@pytest.mark.parametrize("name", ["", "show ", "similar "])
@pytest.mark.parametrize("given", [f"{A},{B}", f"{A} {B}", f"{A} arXiv:{B}v2 {B}"])
def test_several_papers_at_once_are_refused_with_the_way(name: str, given: str) -> None:
    """One is shown at a time; BibTeX takes several."""
    alone, second = name.strip() or "show", given.replace(",", " ").split()[1]
    assert refusal(name + given) == (
        f"One at a time: /paper {alone} {A}. BibTeX takes several:",
        f"/paper bib {A} {second}",
    )


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
        ("bibtx 2305.14710", "bibtex 2305.14710"),
        ("hlep show", "help show"),
        ("serach lora moe", "search lora moe"),
    ],
)
def test_a_slip_is_offered_its_command(typed: str, meant: str) -> None:
    """A first word one slip from a command that is in no paper is no search; one that is in some is."""
    assert parse_command(typed, nowhere) == Slip(typed, meant)
    assert parse_command(f"--me {typed}", nowhere) == Slip(typed, meant, private=True)
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
