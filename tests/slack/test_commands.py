import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.feeds.addresses import Feed
from bot.slack.asked import (
    AddFeed,
    Bib,
    Command,
    Edit,
    Feeds,
    Help,
    Pause,
    Preview,
    Reload,
    RemoveFeed,
    Resume,
    Search,
    Show,
    Similar,
    Slip,
    Status,
    Subscribe,
    Topics,
    Unsubscribe,
    UsageError,
)
from bot.slack.commands import COMMANDS, EXAMPLES, GUIDES, parse_command

CR = Feed("arxiv:cs.CR", query="cat:cs.CR")
EXAMPLE = Feed("https://example.org/a?b=1&copy=2", url="https://example.org/a?b=1&copy=2")
BOTH = 'ti:"a b" AND cat:cs.CR'
A, B = "2305.14710", "2311.09433"
ONE = "To unsubscribe takes one number, a topic, or all. For example:"
MANY = ("topic 1", "1, 2", "1 2", "#1 and 2", "topics 1, 2 and 3")


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
        ("feeds", Feeds()),
        ("Feeds", Feeds()),
        ("feeds list", Feeds()),
        ("feeds add arxiv:cs.CR", AddFeed(CR)),
        ("feed add arxiv:cs.cr", AddFeed(CR)),
        ("Feeds Add <http://arxiv:cs.CR|arxiv:cs.CR>", AddFeed(CR)),
        ("feeds add https://Example.org/a?b=1&amp;copy=2", AddFeed(EXAMPLE)),
        ("feeds add <https://example.org/a?b=1&amp;copy=2>", AddFeed(EXAMPLE)),
        ("feeds add “https://example.org/a?b=1&amp;copy=2”", AddFeed(EXAMPLE)),
        ('feeds add arxiv:ti:"a b" AND cat:cs.cr', AddFeed(Feed(f"arxiv:{BOTH}", query=BOTH))),
        ("feeds remove 2", RemoveFeed("2")),
        ("feed remove #02", RemoveFeed("2")),
        ("feeds REMOVE feed 12.", RemoveFeed("12")),
        ("feeds remove arxiv:cs.cr", RemoveFeed("arxiv:cs.CR")),
        ("feeds delete 2", RemoveFeed("2")),
        ("feeds rm feed 2", RemoveFeed("2")),
        ("feeds add cs.cr", AddFeed(CR)),
        ("feeds add `arxiv∶cs.CR`", AddFeed(CR)),
        ("feed", Search("feed")),
        ("feed forward networks", Search("feed forward networks")),
        ("feeds adding noise", Search("feeds adding noise")),
        ("search feeds", Search("feeds")),
        ("search status", Search("status")),
        ("reload", Reload()),
        ("RELOAD", Reload()),
        ("--me reload", Reload()),
        ("reload the corpus", Search("reload the corpus")),
        ("search reload", Search("reload")),
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
        ("subscribe", Subscribe()),
        ("Subscribe backdoor attacks weekdays at 09:00", Subscribe("backdoor attacks weekdays at 09:00")),
        ("subscribe &lt;!channel&gt;", Subscribe("<!channel>")),
        ("subscribers of a list", Search("subscribers of a list")),
        ("--me subscribe lora", Subscribe("lora")),
        ("topics", Topics()),
        ("LIST", Topics()),
        ("list decoding", Search("list decoding")),
        ("topics in nlp", Search("topics in nlp")),
        ("unsubscribe 2", Unsubscribe("2")),
        ("unsubscribe #2.", Unsubscribe("2")),
        ("unsubscribe all", Unsubscribe("all")),
        ("unsubscribe backdoor attacks", Unsubscribe("backdoor attacks")),
        ("unsubscribe 2 tower models", Unsubscribe("2 tower models")),
        ("preview 2", Preview(2)),
        ("preview backdoor attacks", Preview("backdoor attacks")),
        ("edit 2", Edit(2)),
        ("edit #2 mondays at 9", Edit(2, "mondays at 9")),
        ("edit 2, top 3", Edit(2, "top 3")),
        ("edit distance", Search("edit distance")),
        ("edit distance 2", Search("edit distance 2")),
        ("pause 1", Pause(1)),
        ("pause tokens", Search("pause tokens")),
        ("resume 1", Resume(1)),
        ("resume parsing", Search("resume parsing")),
        ("edit all layers", Search("edit all layers")),
        ("pause topic drift", Search("pause topic drift")),
        ("edit topic 2vec models", Search("edit topic 2vec models")),
        ("unsubscribe topic models", Unsubscribe("topic models")),
        *((f"{name} help", Help(name)) for name in ("subscribe", "unsubscribe", "preview")),
        ("Subscribe --help", Help("subscribe")),
        ("subscribe help wanted", Subscribe("help wanted")),
        ("search subscribe", Search("subscribe")),
        *((f"help {name}", Help(name)) for name in GUIDES),
        ("help managers", Search("help managers")),
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


@pytest.mark.parametrize("name", ["unsubscribe", "preview", "edit", "pause", "resume"])
def test_a_command_without_its_topic_is_refused_with_an_example(name: str) -> None:
    """A form opens for a new topic alone."""
    message, line = refusal(name)
    assert (message.endswith("for example:"), line) == (True, EXAMPLES[name])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("pause 2x", ("2x is no topic's number. For example:", "/paper pause 1")),
        ("resume gpt-4", ("gpt-4 is no topic's number. For example:", "/paper resume 1")),
        ("edit -1 daily", ("-1 is no topic's number. For example:", "/paper edit 1 weekdays at 09:00")),
        ("edit 12345678901", ("12345678901 is no topic's number. For example:", EXAMPLES["edit"])),
        *((f"unsubscribe {typed}", (ONE, "/paper unsubscribe 1")) for typed in MANY),
        ("pause all", ("Pause which topic? By its number, for example:", "/paper pause 1")),
        ("resume All", ("Resume which topic? By its number, for example:", "/paper resume 1")),
        ("edit all", ("Edit which topic, and how? By its number, for example:", EXAMPLES["edit"])),
        ("pause topic 7", ("Pause which topic? By its number, for example:", "/paper pause 7")),
        (
            "edit topic #7 daily",
            ("Edit which topic, and how? By its number, for example:", "/paper edit 7 daily"),
        ),
        ("pause 1 2", ("To pause takes one number alone. For example:", "/paper pause 1")),
        ("pause 1 and 2", ("To pause takes one number alone. For example:", "/paper pause 1")),
    ],
)
def test_a_wrong_number_is_refused_with_a_line_that_works(typed: str, said: tuple[str, str]) -> None:
    """A word with a digit behind `edit`, `pause` or `resume` is meant as a number."""
    assert refusal(typed) == said


@pytest.mark.parametrize(
    ("typed", "message", "line"),
    [
        ("feeds add", "Add which feed? A category or a search of arXiv, or an address;", EXAMPLES["feeds"]),
        ("feeds remove <!channel>", "Remove which feed?", "/paper feeds remove 2"),
        ("feeds remove https://ana:secret@example.org", "Remove which feed?", "/paper feeds remove 2"),
        ("feed remove ", "Remove which feed? By its number, for example:", "/paper feeds remove 2"),
        (
            'feeds add arxiv:ti:"a b" https://example.org',
            "One feed at a time. For example:",
            '/paper feeds add arxiv:ti:"a b"',
        ),
    ],
)
def test_one_feed_is_named(typed: str, message: str, line: str) -> None:
    """Neither none nor several; which line works is said."""
    refused, works = refusal(typed)
    assert (refused[: len(message)], works) == (message, line)


@pytest.mark.parametrize("feed", ["cs.NOPE", "arxiv:cs.NOPE", "ftp://example.org/", 'arxiv:ti:"a', "<@U1>"])
def test_what_is_no_feed_is_refused_with_what_is(feed: str) -> None:
    """Whatever was typed."""
    with pytest.raises(UserError, match=r"for example arxiv:cs\.CL, arxiv:ti:"):
        parse_command(f"feeds add {feed}", nowhere)


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
        ("subscibe lora", "subscribe lora"),
        ("unsubscrib 2", "unsubscribe 2"),
        ("preveiw lora", "preview lora"),
        ("topic", "topics"),
        ("lst", "list"),
        ("pase 2", "pause 2"),
        ("edti 2 daily", "edit 2 daily"),
        ("resmue", "resume"),
        ("relaod", "reload"),
        ("fedes", "feeds"),
        ("feds add arxiv:cs.CL", "feeds add arxiv:cs.CL"),
    ],
)
def test_a_slip_is_offered_its_command(typed: str, meant: str) -> None:
    """A first word one slip from a command that is in no paper is no search; one that is in some is."""
    assert parse_command(typed, nowhere) == Slip(typed, meant)
    assert parse_command(f"--me {typed}", nowhere) == Slip(typed, meant, private=True)
    assert parse_command(typed, everywhere) == Search(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "pase tokens",
        "topic models",
        "hlep wanted",
        "shwo me papers",
        "statsu quo",
        "relaod the corpus",
        "search hlep",
        "zebrafish",
        "hpel 1",
    ],
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


@given(
    st.text()
    | st.from_regex(
        r"(--me )?(show|similar|bib|help|search|status|reload|subscribe|edit|pause|list|preview)"
        r"[ <>|,0-9a-z:/]*"
    )
)
def test_any_text_means_something(typed: str) -> None:
    """Whatever is typed is a command, a search for something, or refused with a sentence."""
    assert repr(meaning(typed)).encode()
