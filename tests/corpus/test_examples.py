"""The examples in deploy/corpora.md are read as it says."""

import re
from pathlib import Path

import pytest

from bot.corpus import Catalog
from bot.corpus.catalog import read_catalog
from bot.papers import Problem, Record
from tests.reading import read

PAGE = (Path(__file__).parents[2] / "deploy" / "corpora.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
CATALOG = EXAMPLES.pop("catalog")
ANTHOLOGYS = "2024.naacl-long.171"
SHORT, OWN = "Instructions as Backdoors", "A Report of Our Own"
LONG = f"{SHORT}: Backdoor Vulnerabilities of Instruction Tuning for Large Language Models"


def told(found: Record | Problem) -> tuple[object, ...]:
    """Return what an example is about."""
    assert isinstance(found, Record)
    assert found.abstract
    ids = found.arxiv_id or found.acl_id, found.doi
    return found.source.line, found.title, found.authors, found.year, *ids


READ: dict[str, list[tuple[object, ...]]] = {
    "json": [
        (1, SHORT, ("Jiashu Xu", "Mingyu Derek Ma"), 2023, "2305.14710", ""),
        (2, OWN, ("Ana Alvarez", "Ben Baker"), 2026, "", ""),
    ],
    "bibtex": [(1, LONG, ("Jiashu Xu", "Mingyu Ma"), 2024, ANTHOLOGYS, f"10.18653/v1/{ANTHOLOGYS}")],
    "csv": [(2, OWN, ("Ana Alvarez", "Ben Baker"), 2026, "", "10.1000/182")],
    "tsv": [(2, SHORT, ("Jiashu Xu", "Mingyu Derek Ma"), 2023, "2305.14710", "")],
    "rss": [(4, SHORT, ("Jiashu Xu", "Mingyu Derek Ma"), 2023, "2305.14710", "")],
    "xml": [(2, SHORT, ("Jiashu Xu",), 2023, "2305.14710", "")],
    "text": [(2, SHORT, (), None, "", ""), (5, OWN, (), None, "", "")],
}


@pytest.mark.parametrize("language", EXAMPLES)
def test_the_examples_are_read(language: str) -> None:
    """One of each format."""
    assert [told(found) for found in read("a", EXAMPLES[language], Catalog())] == READ[language]


def test_the_example_of_a_catalog_tells_of_the_text() -> None:
    """Of its second paper."""
    catalog, problems = read_catalog("catalog.csv", CATALOG)
    assert problems == ()
    assert [told(found) for found in read("a", EXAMPLES["text"], catalog)] == [
        (2, SHORT, (), None, "", ""),
        (5, OWN, ("Ana Alvarez", "Ben Baker"), 2026, "", ""),
    ]
