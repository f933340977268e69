from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.search.analyze import Analyzer, name_forms
from bot.search.query import (
    Author,
    Clause,
    Condition,
    Phrase,
    Query,
    QueryWord,
    Source,
    Title,
    Years,
    parse_query,
)

ANALYZER = Analyzer()

NO_WORD = (
    "There is no word to search for: very common words and punctuation are left out. "
    "Name a topic, a method or a title."
)
ONLY_EXCLUDED = "That only says what to leave out. Add what to look for, for example: safety -dialogue"
NO_TITLE = 'title: needs something behind it, for example title:backdoor or title:"length bias".'
NO_AUTHOR = 'author: needs something behind it, for example author:bagdasaryan or author:"jiashu xu".'
NO_SOURCE = "source: needs something behind it, for example source:arxiv or source:naacl."
NO_YEAR = "year: needs something behind it, for example year:2023 or year:2022..2024."


def no_word(said: str, lacking: str) -> str:
    """Return what is told where something stands behind a field, but no word."""
    return f"{said} has no word that I search for. Write {lacking.partition(', ')[2]}"


Spelled = Condition | tuple[type[Phrase | Title | Author], str]


def read(text: str) -> tuple[list[str], list[Spelled], list[Spelled]]:
    """Return a query's bare words, what it demands, and what it forbids, words in the asker's spelling."""
    query = parse_query(text, ANALYZER)
    demanded, forbidden = [
        [spelled(clause.condition) for clause in query.clauses if clause.excluded is excluded]
        for excluded in (False, True)
    ]
    return [word.text for word in query.words], demanded, forbidden


def spelled(condition: Condition) -> Spelled:
    """Return a condition with its words as one text."""
    if isinstance(condition, Source | Years):
        return condition
    return type(condition), " ".join(word.text for word in condition.words)


def refused(text: str) -> str:
    """Return what the asker is told."""
    with pytest.raises(UserError) as refusal:
        parse_query(text, ANALYZER)
    return refusal.value.message


def test_a_query_keeps_the_askers_spelling() -> None:
    """Its text is as typed, its words are slices of it with their places, stop words left out."""
    text = " The Backdoors,  of Fine-Tuning "
    assert parse_query(text, ANALYZER) == Query(
        text,
        (
            QueryWord("Backdoors", ANALYZER.forms("backdoor"), 5),
            QueryWord("Fine-Tuning", ANALYZER.forms("fine-tuning"), 20),
        ),
    )


def test_amid_a_query_a_blank_makes_a_field_prose() -> None:
    """Titles hold colons; only a year, which no title has so, may stand behind a blank."""
    assert read("From Text to Source: Results") == (["Text", "Source", "Results"], [], [])
    assert read("moe title: lora author: xu") == (["moe", "title", "lora", "author", "xu"], [], [])
    assert read("moe year: 2023") == (["moe"], [Years(2023, 2023)], [])
    assert read("  title: moe lora") == (["lora"], [(Title, "moe")], [])


def test_what_shows_nothing_is_left_out() -> None:
    """A soft hyphen or a zero-width blank, as PDFs have them, parts no word."""
    assert parse_query("back\u00addoor \u200battack", ANALYZER).text == "backdoor attack"


def test_a_query_is_whole() -> None:
    """Each clause tells what it demands or forbids, and where it stands."""
    text = 'moe “Length  Bias” -dialogue author:"Jiashu Xu" Year:2022..2024 -source:arXiv TITLE:lora'
    assert parse_query(text, ANALYZER) == Query(
        text,
        (QueryWord("moe", ANALYZER.forms("moe"), 0),),
        (
            Clause(
                Phrase(
                    (
                        QueryWord("Length", ANALYZER.forms("Length"), 5),
                        QueryWord("Bias", ANALYZER.forms("Bias"), 13),
                    )
                ),
                excluded=False,
                start=4,
                end=18,
            ),
            Clause(
                Phrase((QueryWord("dialogue", ANALYZER.forms("dialogue"), 20),)),
                excluded=True,
                start=19,
                end=28,
            ),
            Clause(
                Author(
                    (QueryWord("Jiashu", name_forms("jiashu"), 37), QueryWord("Xu", name_forms("xu"), 44))
                ),
                excluded=False,
                start=29,
                end=47,
            ),
            Clause(Years(2022, 2024), excluded=False, start=48, end=63),
            Clause(Source("arXiv"), excluded=True, start=64, end=77),
            Clause(Title((QueryWord("lora", ANALYZER.forms("lora"), 84),)), excluded=False, start=78, end=88),
        ),
    )


def test_a_querys_terms_are_those_of_its_words() -> None:
    """A term stands as often as its word does; what a clause says is none of them."""
    query = parse_query('tuned models tune "length bias" -title:x author:xu', ANALYZER)
    assert query.terms == ["tune", "model", "tune"]


def test_a_phrases_terms_rank() -> None:
    """Those of phrases that are required do; those of fields and of what is forbidden do not."""
    query = parse_query('model "length bias" "fine-tuned" -"no one" title:x author:y -z', ANALYZER)
    assert query.phrase_terms == ["length", "bias", "fine", "tune", "finetun"]


@pytest.mark.parametrize(
    ("text", "words", "phrases"),
    [
        ('"length bias"', [], ["length bias"]),
        ('rlhf "length bias" moe', ["rlhf", "moe"], ["length bias"]),
        ('rlhf"length bias"moe', ["rlhf", "moe"], ["length bias"]),
        ('"length" "bias"', [], ["length", "bias"]),
        ('"  length\tbias "', [], ["length bias"]),
        ('"bias of the length"', [], ["bias length"]),
        ('x ""', ["x"], []),
        ('x "the of" " " "…"', ["x"], []),
        ('"大模型 训练"', [], ["大模型 训练"]),
    ],
)
def test_a_phrase_stands_in_quotes(text: str, words: list[str], phrases: list[str]) -> None:
    """It may touch a word; stop words are left out of it, and a phrase of nothing demands nothing."""
    assert read(text) == (words, [(Phrase, phrase) for phrase in phrases], [])


@pytest.mark.parametrize(
    "text",
    [
        '"length bias" x',
        "“length bias” x",
        "”length bias“ x",
        "„length bias“ x",
        "„length bias” x",
        "‟length bias” x",
        "«length bias» x",
        "« length bias » x",
        "»length bias« x",
        "″length bias″ x",
        '“length bias" x',
    ],
)
def test_quotes_of_all_keyboards_are_quotes(text: str) -> None:
    """English, German and French, straight and curly, and mixed."""
    assert read(text) == (["x"], [(Phrase, "length bias")], [])


@pytest.mark.parametrize(
    ("text", "words", "phrases"),
    [
        ('"length bias', ["length", "bias"], []),
        ('length "bias', ["length", "bias"], []),
        ('length bias"', ["length", "bias"], []),
        ("length bias”", ["length", "bias"], []),
        ('"length bias" "moe', ["moe"], ["length bias"]),
        ('"length bias" moe "', ["moe"], ["length bias"]),
        ('""" moe', ["moe"], []),
        ('rl"hf', ["rl", "hf"], []),
    ],
)
def test_a_quotation_mark_without_a_partner_is_none(text: str, words: list[str], phrases: list[str]) -> None:
    """Wherever the last one stands, it is passed over as a blank would be."""
    assert read(text) == (words, [(Phrase, phrase) for phrase in phrases], [])


def test_a_field_before_a_lone_quotation_mark_has_what_follows() -> None:
    """It is passed over there too."""
    assert read('title:"moe x') == (["x"], [(Title, "moe")], [])


@pytest.mark.parametrize(
    ("text", "words", "forbidden"),
    [
        ("safety -dialogue", ["safety"], [(Phrase, "dialogue")]),
        ("-dialogue safety", ["safety"], [(Phrase, "dialogue")]),
        ('safety -"length bias"', ["safety"], [(Phrase, "length bias")]),
        ("safety -fine-tuning", ["safety"], [(Phrase, "fine-tuning")]),
        ("safety --dialogue", ["safety"], [(Phrase, "dialogue")]),
        ("safety -title:moe", ["safety"], [(Title, "moe")]),
        ('safety -author:"jiashu xu"', ["safety"], [(Author, "jiashu xu")]),
        ("safety -source:naacl", ["safety"], [Source("naacl")]),
        ("safety -year:2023", ["safety"], [Years(2023, 2023)]),
        ("safety -YEAR: 2023", ["safety"], [Years(2023, 2023)]),
        ("safety -the -… -🙂 -", ["safety"], []),
        ("safety - dialogue", ["safety", "dialogue"], []),
        ("pre-training", ["pre-training"], []),
    ],
)
def test_a_dash_before_something_forbids_it(text: str, words: list[str], forbidden: list[Spelled]) -> None:
    """A word, a phrase or a field; a dash inside a word or alone forbids nothing."""
    assert read(text) == (words, [], forbidden)


@pytest.mark.parametrize("dash", ["-", "\u2010", "\u2011", "–", "−"])
def test_dashes_of_phone_keyboards_are_dashes(dash: str) -> None:
    """They forbid, and they span years."""
    assert read(f"safety {dash}dialogue") == (["safety"], [], [(Phrase, "dialogue")])
    assert read(f"year:2022{dash}2024") == ([], [Years(2022, 2024)], [])


@pytest.mark.parametrize(
    ("text", "demanded"),
    [
        ("title:moe", (Title, "moe")),
        ('title:"length bias"', (Title, "length bias")),
        ("title:fine-tuning", (Title, "fine-tuning")),
        ("title: moe", (Title, "moe")),
        ("title:\u00a0moe", (Title, "moe")),
        ("Title:moe", (Title, "moe")),
        ("TITLE:moe", (Title, "moe")),
        ("title:“length bias”", (Title, "length bias")),
        ("title: „length bias“", (Title, "length bias")),
        ("title:大模型", (Title, "大模型")),
        ("author:xu", (Author, "xu")),
        ('author:"Jiashu Xu"', (Author, "Jiashu Xu")),
        ("author: O’Neil", (Author, "O’Neil")),
        ("author:the", (Author, "the")),
        ("Author: «Jiashu Xu»", (Author, "Jiashu Xu")),
        ("source:arxiv", Source("arxiv")),
        ('source:"ACL Anthology"', Source("ACL Anthology")),
        ("SOURCE: 002.txt", Source("002.txt")),
        ("source:the", Source("the")),
        ("year:2023", Years(2023, 2023)),
        ('year:"2023"', Years(2023, 2023)),
        ("year: 2023", Years(2023, 2023)),
        ("year:2022..2024", Years(2022, 2024)),
        ("year:2022...2024", Years(2022, 2024)),
        ("year:2022…2024", Years(2022, 2024)),
        ("year:2022-2024", Years(2022, 2024)),
        ("year:2022–2024", Years(2022, 2024)),
        ("year:2022..", Years(2022, 9999)),
        ("year:2022-", Years(2022, 9999)),
        ("year:..2024", Years(1, 2024)),
        ("year:-2024", Years(1, 2024)),
        ("year:2023..2023", Years(2023, 2023)),
        ("authors:xu", (Author, "xu")),
        ("venue:naacl", Source("naacl")),
    ],
)
def test_a_field_demands_what_stands_behind_it(text: str, demanded: Spelled) -> None:
    """With quotes or without, after a blank, in capitals; no name is a stop word; a span may be open."""
    assert read(text) == ([], [demanded], [])


def test_a_field_without_quotes_takes_one_word() -> None:
    """What follows is bare."""
    assert read("author: jiashu xu") == (["xu"], [(Author, "jiashu")], [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("attention: is all", ["attention", "all"]),
        ("http://x.org", ["http", "x", "org"]),
        ("foo:bar", ["foo", "bar"]),
        ("subtitle:moe", ["subtitle", "moe"]),
        ("title :moe", ["title", "moe"]),
        ("title", ["title"]),
        ("(title:moe)", ["title", "moe"]),
        ("years:2023", ["years", "2023"]),
    ],
)
def test_what_only_looks_like_a_field_is_words(text: str, words: list[str]) -> None:
    """Titles have colons."""
    assert read(text) == (words, [], [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("back\0door moe", ["back", "door", "moe"]),
        ("\x1b[31mmoe\x7f", ["31mmoe"]),
        ("\ud800 moe \udfff", ["moe"]),
        ("\u202emoe\u202c", ["moe"]),
        ("نموذج لغوي", ["نموذج", "لغوي"]),
        ("מודל שפה", ["מודל", "שפה"]),
        ("🙂 moe 👩‍💻", ["moe"]),
        ("大模型", ["大模型"]),
        ("*moe* `lora` ~x~", ["moe", "lora", "x"]),
    ],
)
def test_any_character_may_stand_in_a_query(text: str, words: list[str]) -> None:
    """Control characters, halves of surrogate pairs, right-to-left text and emoji do no harm."""
    assert read(text) == (words, [], [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NO_WORD),
        ("   ", NO_WORD),
        ("the of and", NO_WORD),
        ("…?! -- 🙂", NO_WORD),
        ("isn't it", NO_WORD),
        ('"', NO_WORD),
        ('"" "the"', NO_WORD),
        ("\0\ud800", NO_WORD),
        ("-the", NO_WORD),
        ("-dialogue", ONLY_EXCLUDED),
        ('-"length bias" -year:2023 the', ONLY_EXCLUDED),
        ("title:", NO_TITLE),
        ("moe title:", NO_TITLE),
        ("moe -title:", NO_TITLE),
        ('title:""', NO_TITLE),
        ('title:"', NO_TITLE),
        ("title:the", no_word("title:the", NO_TITLE)),
        ("title:…", no_word("title:…", NO_TITLE)),
        ("title: author:xu", NO_TITLE),
        ("title: -year:2023", NO_TITLE),
        ("Author:", NO_AUTHOR),
        ('author:" "', NO_AUTHOR),
        ("author:…", no_word("author:…", NO_AUTHOR)),
        ("source:", NO_SOURCE),
        ('source:"" moe', NO_SOURCE),
        ("source:\u0301", no_word("source:\u0301", NO_SOURCE)),
        ("year:", NO_YEAR),
        ('moe -year:""', NO_YEAR),
        ("year:20x3", "year:20x3 is no year. Write for example year:2023 or year:2022..2024."),
        ("year:..", "year:.. is no year. Write for example year:2023 or year:2022..2024."),
        ("year:23", "year:23 is no year. Write for example year:2023 or year:2022..2024."),
        ("year:20222024", "year:20222024 is no year. Write for example year:2023 or year:2022..2024."),
        ("year:2024..2022", "year:2024..2022 ends before it begins. Did you mean year:2022..2024?"),
    ],
)
def test_what_cannot_mean_anything_is_refused(text: str, message: str) -> None:
    """The asker is told what is missing, with a line that works."""
    assert refused(text) == message


@pytest.mark.parametrize("message", [NO_TITLE, NO_AUTHOR, NO_SOURCE, NO_YEAR, refused("year:x")])
def test_the_examples_of_a_refusal_work(message: str) -> None:
    """What is offered can be searched."""
    for example in message.rstrip(".").partition("example ")[2].split(" or "):
        assert read(example)[1:] == ([spelled(parse_query(example, ANALYZER).clauses[0].condition)], [])


def test_a_query_may_have_500_characters() -> None:
    """One more is refused, kindly; the length is said as people write it."""
    assert parse_query("x" * 500, ANALYZER).words[0].text == "x" * 500
    for length, shown in ((501, "501"), (12_345, "12,345")):
        assert refused("x" * length) == (
            f"That query has {shown} characters; I read up to 500. A title or a few words find a paper best."
        )


PIECES = [
    '"',
    "“",
    "-",
    "–",
    "title:",
    "Author: ",
    "source:",
    "year:",
    "2023",
    "..",
    "moe",
    "the",
    " ",
    "模型",
    "\0",
]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(st.characters(), max_size=500))
def test_a_query_is_read_or_refused(text: str) -> None:
    """Whatever is typed: words are slices of it at their places, clauses stand in order and apart."""
    try:
        query = parse_query(text, ANALYZER)
    except UserError:
        return
    assert len(query.text) <= len(text)
    groups = [query.words, *(getattr(clause.condition, "words", ()) for clause in query.clauses)]
    for word in chain.from_iterable(groups):
        assert query.text[word.start : word.end] == word.text
    places = [place for clause in query.clauses for place in (clause.start, clause.end)]
    assert places == sorted(places)
