"""What a topic matches: by the share of its weight and by every clause, never by a score."""

import pytest

from bot.library import Library
from bot.search import topic
from bot.search.analyze import Analyzer
from bot.search.collection import Collection
from bot.search.query import Query, parse_query
from bot.search.segment import Document
from bot.topics import Strictness

ANALYZER = Analyzer()
COLLECTION = Collection.of(
    [
        Document(title="Green tea", abstract="A leaf.", authors=["Ana Xu"], labels=["arXiv"], year=2022),
        Document(title="Tea", abstract="Green as a leaf.", authors=["Ben Xu"], year=2024, dated=2405_1),
        Document(title="Green leaves", abstract="Tea, and tea.", labels=["arXiv"], year=2024, dated=2405_2),
        Document(title="Fine-tuning", abstract="Of models."),
        Document(title="Finetuned", abstract="A mixture of experts (MoE)."),
        Document(title="Mixtures of experts", abstract="Routing."),
        Document(title="Wine", abstract="Green."),
    ],
    ANALYZER,
)


def asked(text: str) -> Query:
    """Return a topic's query."""
    return parse_query(text, ANALYZER)


def matched(text: str, strictness: Strictness = Strictness.NORMAL) -> list[int]:
    """Return the documents that match a topic."""
    return topic.numbers(COLLECTION, topic.matching(COLLECTION, asked(text), strictness).flags)


@pytest.mark.parametrize(
    ("text", "broad", "normal", "strict"),
    [
        ("prompt injection", 9, 4, 4),
        ("safety alignment", 16, 9, 9),
        ("instruction tuning", 56, 35, 35),
        ("fine-tuning safety", 16, 4, 4),
        ("prompt prompt Injections", 9, 4, 4),
        ("large language models safety", 16, 16, 13),
        ("backdoor instruction tuning", 4, 3, 2),
        ("lora qqqq", 0, 0, 0),
        ("qqqq", 0, 0, 0),
    ],
)
def test_strictness_on_the_seeds(seeds: Library, text: str, broad: int, normal: int, strict: int) -> None:
    """Half of the weight, seven tenths but both of two words, all: the counts measured for the design."""
    matcher = seeds.matcher()
    assert [matcher.match(text, each).total for each in Strictness] == [broad, normal, strict]


@pytest.mark.parametrize(
    ("text", "broad", "normal", "strict"),
    [
        ("green tea", [0, 1, 2], [0, 1, 2], [0, 1, 2]),
        ("tea wine", [6], [], []),
        ("green green green wine", [6], [6], [6]),
        ("green tea leaf", [0, 1, 2], [0, 1], [0, 1]),
        ("fine-tuning leaf", [0, 1, 3, 4], [], []),
        ("moe", [4, 5], [4, 5], [4, 5]),
    ],
)
def test_a_word_counts_once(text: str, broad: list[int], normal: list[int], strict: list[int]) -> None:
    """However often it is asked for and however many forms it has; an acronym has its long form too."""
    assert [matched(text, each) for each in Strictness] == [broad, normal, strict]


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ('"green tea"', [0]),
        ("tea -leaves", [0, 1]),
        ("tea -title:leaves", [0, 1]),
        ("tea year:2024", [1, 2]),
        ("author:xu", [0, 1]),
        ("author:xu -author:ana", [1]),
        ("source:arxiv year:2022..2023", [0]),
        ('title:green -"green tea"', [2]),
        ("tea author:nobody", []),
    ],
)
@pytest.mark.parametrize("strictness", Strictness)
def test_clauses_are_obeyed(text: str, documents: list[int], strictness: Strictness) -> None:
    """However broadly the words are matched; fields alone are a topic."""
    assert matched(text, strictness) == documents


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("tea", [1, 0, 2]),
        ("green tea", [0, 1, 2]),
        ("author:xu", [1, 0]),
        ("source:arxiv", [2, 0]),
        ('"tea"', [1, 0, 2]),
        ("qqqq", []),
    ],
)
def test_the_best_come_first(text: str, documents: list[int]) -> None:
    """As a search has them: the one that is called so, by score, or fields alone by date."""
    query = asked(text)
    found = topic.matching(COLLECTION, query, Strictness.NORMAL)
    assert topic.best(COLLECTION, query, found, found.flags) == documents
    assert (found.total, topic.numbers(COLLECTION, found.flags)) == (len(documents), sorted(documents))
    for limit in range(4):
        assert topic.best(COLLECTION, query, found, found.flags, limit) == documents[:limit]


@pytest.mark.parametrize("without", [[], [1], [0, 2, 3], list(range(COLLECTION.size))])
@pytest.mark.parametrize("first", range(COLLECTION.size + 1))
def test_the_best_of_what_is_left(first: int, without: list[int]) -> None:
    """From a document on, and without some; what matches stays as it is."""
    query = asked("tea")
    found = topic.matching(COLLECTION, query, Strictness.NORMAL)
    left = topic.left(COLLECTION, found, first - 1, topic.flagged(COLLECTION, without))
    expected = [each for each in [1, 0, 2] if each >= first and each not in without]
    assert topic.best(COLLECTION, query, found, left) == expected
    assert (topic.numbers(COLLECTION, left), found.total) == (sorted(expected), 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("backdoor attacks", "attack backdoors"),
        ("Backdoor ATTACK", "backdoor, attack!"),
        ("the backdoor of attacks", "backdoor attack attack"),
        ("fine-tuned safety", "safety fine‑tuning"),
        ("tülu", "TULU"),
        ("“length bias” lora", 'lora "Length Biases"'),
        ('"length bias" "length bias"', '"length bias"'),
        ("title:backdoor year:2023..2023", "year:2023 title:Backdoors"),
        ("author:“Jiashu Xu”", 'author:"XU jiashu"'),
        ("source:arXiv lora", "lora source:ARXIV"),
        ("venue:Düsseldorf", "source:dusseldorf"),
        ("lora -dialogue -title:moe", "-title:MoE -dialogues LoRA"),
        ("lora -dialogue", 'lora -"dialogue"'),
    ],
)
def test_topics_that_ask_for_the_same(one: str, other: str) -> None:
    """Order, case, endings, accents, kinds of quotes and what is said twice make no difference."""
    assert topic.sameness(asked(one)) == topic.sameness(asked(other))


def test_topics_that_ask_for_something_else() -> None:
    """A phrase is no word, nor its words in another order; a field, a year, an exclusion make another."""
    asking = [
        "length bias",
        "length",
        '"length bias"',
        '"bias length"',
        'title:"length bias"',
        'author:"length bias"',
        'source:"length bias"',
        'lora -"length bias"',
        'lora "length bias"',
        "lora length bias",
        "lora -length -bias",
        "year:2023",
        "year:2023..2024",
        "year:2023..",
        "-year:2023 lora",
        "lora",
    ]
    assert len({topic.sameness(asked(text)) for text in asking}) == len(asking)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("attacks by llms", ("attack", "LLM")),
        ("llms attacking", ("LLM", "attack")),
        ("attack attacked ATTACKS", ("attack",)),
        ("loras finetuning qqqq", ("LoRA", "fine-tuned")),
        ("tülu gpt-4", ("TULU", "GPT-4")),
        ('"backdoor attack" lora -title:qqqq', ("LoRA",)),
        ("poly", ("PolyLM",)),
        ("year:2023", ()),
    ],
)
def test_words_are_told_as_the_paper_spells_them(text: str, spelled: tuple[str, ...]) -> None:
    """Each once, in the topic's order, as it comes first; only bare ones, and only those that it has.

    The capital of a title or a sentence goes; that of an acronym stays.
    """
    texts = ("Attack by LoRA: PolyLM", "ATTACKS. An LLM attacks LLMs, fine-tuned; TULU, backdoors of GPT-4.")
    assert topic.spelled(texts, asked(text), ANALYZER) == spelled


def test_narrowing_words_part_the_titles() -> None:
    """Those that most often divide what matches: in a twentieth to half of the titles, not asked for."""
    titles = [
        "Green Tea with Milk",
        "Tea with Milk and LoRA",
        "Teas of the World 2024",
        "Tea of the World",
        "Tea and world and LoRA",
        "Tea, milk, world",
    ]
    assert topic.narrowing(titles, asked("tea green"), ANALYZER) == ("milk", "LoRA")
    assert topic.narrowing(titles, asked("tea green"), ANALYZER, limit=1) == ("milk",)
    assert topic.narrowing(titles, asked("tea milk lora"), ANALYZER) == ("green",)
    assert topic.narrowing([], asked("tea"), ANALYZER) == ()


def test_a_word_in_too_few_titles_narrows_too_much() -> None:
    """One of forty is no way to narrow a topic; a word counts once a title."""
    titles = ["Tea milk milk milk", "Tea wine", "Tea wine", *["Tea"] * 37]
    assert topic.narrowing(titles, asked("tea"), ANALYZER) == ("wine",)
