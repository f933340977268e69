import sys
from math import log2
from pathlib import Path

import pytest

import benchmarks
from benchmarks import corpora, peers, quality
from benchmarks.judged import CUT, Collection, Document, Query, collections
from benchmarks.table import Row
from bot.library import Library

DOCS = (
    '{"id": "a", "title": "Backdoors", "text": "we plant triggers in models ."}\n'
    '{"id": "b", "title": "", "text": "routers choose experts"}\n'
    '{"id": "c", "title": "Probing", "text": "what do models know ?"}\n'
)
QUERIES = '{"id": "1", "text": "a backdoor: \\"trigger\\" -planted"}\n\n{"id": "2", "text": "unjudged"}\n'
HEAD = "query_id\tdoc_id\trelevance\n"
QRELS = HEAD + "1\ta\t3\n1\tc\t0\n"
NO_DOCUMENT = "no JSON object with texts id, title, text"
NO_QUERY = "no JSON object with texts id, text"
NO_HEAD = "the first line must be query_id, doc_id, relevance, tabs between them"
NO_JUDGEMENT = "not query_id, doc_id and a whole number, tabs between them"


def write(folder: Path, docs: str = DOCS, queries: str = QUERIES, qrels: str = QRELS) -> Path:
    """Write a judged collection."""
    folder.mkdir(exist_ok=True)
    for name, text in (("docs.jsonl", docs), ("queries.jsonl", queries), ("qrels.tsv", qrels)):
        (folder / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    return folder


def test_a_collection_is_read_with_the_queries_that_are_judged(tmp_path: Path) -> None:
    """A folder may be a collection, or hold several; other folders in it are passed over."""
    write(tmp_path / "small", qrels=f"\ufeff{QRELS}")
    (tmp_path / "notes").mkdir()
    documents = [
        Document("Backdoors", "we plant triggers in models ."),
        Document("", "routers choose experts"),
        Document("Probing", "what do models know ?"),
    ]
    small = Collection("small", documents, [Query('a backdoor: "trigger" -planted', {0: 3, 2: 0})])
    assert collections(tmp_path) == collections(tmp_path / "small") == [small]
    assert [document.joined for document in documents[:2]] == [
        "Backdoors we plant triggers in models .",
        "routers choose experts",
    ]


def test_ndcg_is_what_a_hand_computes() -> None:
    """Gains are the grades; the best there could be has all judged ones; no ranking is worth nothing."""
    gains = {0: 3, 1: 1, 2: 0, 5: 2}
    ideal = 3 / log2(2) + 2 / log2(3) + 1 / log2(4)
    rankings = [[1, 9, 0], [0, 5, 1, 2], [9, 8, 7], []]
    expected = [(1 / log2(2) + 3 / log2(4)) / ideal, 1, 0, 0]
    assert peers.ndcg([gains] * 4, rankings) == pytest.approx(expected)


def test_only_the_best_ten_are_judged() -> None:
    """What comes eleventh is worth nothing, and the ideal has ten too."""
    gains = dict.fromkeys(range(11), 1)
    scores = peers.ndcg([gains, {11: 1}], [list(range(12)), list(range(12))])
    assert scores == pytest.approx([1, 0])


def test_paperboy_and_each_peer_have_a_row_a_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Collections, then their mean; the target is the best of the peers."""
    monkeypatch.setattr(
        peers,
        "ENGINES",
        {
            "forward": lambda documents: lambda _query: list(range(len(documents))),
            "backward": lambda documents: lambda _query: list(range(len(documents)))[::-1],
        },
    )
    write(tmp_path / "one")
    write(tmp_path / "two", queries=QUERIES.replace("unjudged", "models"), qrels=QRELS + "2\ta\t1\n")
    chance = quality.p_value([0.5, 0.25, 0.0655])
    assert quality.measure(collections(tmp_path)).rows == [
        Row("one (1): Paperboy", "1.0000", "above 1.0000", met=False),
        Row("one (1): forward", "1.0000; 0 won, 0 lost, 1 tied, p = 1.0000"),
        Row("one (1): backward", "0.5000; 1 won, 0 lost, 0 tied, p = 1.0000"),
        Row("two (2): Paperboy", "0.8155", "above 1.0000", met=False),
        Row("two (2): forward", "1.0000; 0 won, 1 lost, 1 tied, p = 1.0000"),
        Row("two (2): backward", f"0.5000; 2 won, 0 lost, 0 tied, p = {quality.p_value([0.5, 0.1309]):.4f}"),
        Row("mean: Paperboy", "0.9077", "above 1.0000", met=False),
        Row("mean: forward", "1.0000; 0 won, 1 lost, 2 tied, p = 1.0000"),
        Row("mean: backward", f"0.5000; 3 won, 0 lost, 0 tied, p = {chance:.4f}"),
    ]


def test_the_table_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With every peer in it, and exit code 0."""
    assert quality.main([str(write(tmp_path / "one"))]) == 0
    printed = capsys.readouterr().out
    assert [name for name in (quality.PAPERBOY, *peers.ENGINES) if f"| one (1): {name} " in printed] == [
        quality.PAPERBOY,
        *peers.ENGINES,
    ]


def test_every_engine_knows_titles_and_no_operator() -> None:
    """A word of a title finds its document, whatever the words around it mean to a parser."""
    documents = [Document("backdoors", "in models"), *(Document("", f"text {place}") for place in range(3))]
    for engine in (quality.paperboy, *peers.ENGINES.values()):
        assert engine(documents)("NOT backdoors")[0] == 0


@pytest.mark.parametrize(
    "text", ["", "?!", '"', 'a" OR "b', "-x:y (AND NOT) * ^2 NEAR(", "İ\0\u0301ﬁ x_y", "z " * 3000]
)
def test_every_engine_takes_any_query_as_text(text: str) -> None:
    """None fails; each returns places, at most ten, even where there are fewer documents."""
    few, many = [Document("", "one")], [Document(f"title {place}", "words z") for place in range(30)]
    for engine in (quality.paperboy, *peers.ENGINES.values()):
        for documents in (few, many):
            found = engine(documents)(text)
            assert set(found) <= set(range(len(documents)))
            assert len(found) == len(set(found)) <= CUT


@pytest.mark.parametrize(
    "question", ["backdoor attack", "instruction tuning of large models", "LoRA fine-tuning"]
)
def test_what_is_measured_is_the_apps_own_order(library: Library, question: str) -> None:
    """The benchmark passes the query's syntax by, and must rank bare words as the app does."""
    seeds = [Document(*seed) for seed in corpora.seeds()]
    found = [each.paper.title for each in library.search(question, CUT).found]
    assert [seeds[place].title for place in quality.paperboy(seeds)(question)] == found


def test_p_is_how_often_a_coin_would_do_as_well() -> None:
    """For two equal differences every second time, for ten 2 times in 1,024, for none every time."""
    assert quality.p_value([0.1, 0.1]) == pytest.approx(1 / 2, abs=0.02)
    assert quality.p_value([0.0, 0.0]) == 1
    assert quality.p_value([0.1] * 10) == pytest.approx(2 / 1024, abs=0.002)
    assert quality.p_value([0.1, 0.2]) == quality.p_value([0.1, 0.2])


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"docs": "["}, f"docs.jsonl:1: {NO_DOCUMENT}"),
        ({"docs": "[" * 100_000}, f"docs.jsonl:1: {NO_DOCUMENT}"),
        ({"docs": DOCS + '{"id": "d", "text": ""}'}, f"docs.jsonl:4: {NO_DOCUMENT}"),
        ({"docs": DOCS + DOCS}, "docs.jsonl:4: the id 'a' is taken"),
        ({"docs": "\udcff"}, "docs.jsonl: no UTF-8"),
        ({"queries": '{"id": 1, "text": ""}'}, f"queries.jsonl:1: {NO_QUERY}"),
        ({"queries": '{"id": "1", "text": "\\ud800"}'}, f"queries.jsonl:1: {NO_QUERY}"),
        ({"qrels": ""}, f"qrels.tsv:1: {NO_HEAD}"),
        ({"qrels": QRELS[len(HEAD) :]}, f"qrels.tsv:1: {NO_HEAD}"),
        ({"qrels": HEAD}, "qrels.tsv: no judgement in it"),
        ({"qrels": QRELS + "1\tb"}, f"qrels.tsv:4: {NO_JUDGEMENT}"),
        ({"qrels": QRELS + "1\tb\t.5"}, f"qrels.tsv:4: {NO_JUDGEMENT}"),
        ({"qrels": QRELS + "1\tb\t1\t"}, f"qrels.tsv:4: {NO_JUDGEMENT}"),
        ({"qrels": QRELS + "1\tx\t1"}, "qrels.tsv:4: no such query or document: '1', 'x'"),
        ({"qrels": QRELS + "1\tc\t1"}, "qrels.tsv:4: query '1' and document 'c' were judged before"),
    ],
)  # fmt: skip
def test_a_malformed_collection_is_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], line: str
) -> None:
    """With file, line and reason, and exit code 2."""
    write(tmp_path, **files)
    assert quality.main([str(tmp_path)]) == 2
    assert capsys.readouterr() == ("", f"{tmp_path}/{line}\n")


def test_what_is_missing_is_named_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder, any collection in it, one of a collection's files."""
    assert quality.main([str(tmp_path / "none")]) == 2
    assert quality.main([str(tmp_path)]) == 2
    (write(tmp_path / "small") / "qrels.tsv").unlink()
    assert quality.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{tmp_path}/none: No such file or directory",
        f"{tmp_path}: no docs.jsonl, queries.jsonl, qrels.tsv in it or in a folder of it",
        f"{tmp_path}/small/qrels.tsv: No such file or directory",
    ]


def test_a_library_that_is_not_installed_is_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only this table needs it, so nothing fails before."""
    monkeypatch.delattr(benchmarks, "peers")
    monkeypatch.delitem(sys.modules, "benchmarks.peers")
    monkeypatch.setitem(sys.modules, "tantivy", None)
    assert quality.main([str(write(tmp_path))]) == 2
    line = "tantivy is not installed; make check installs what Paperboy is measured beside\n"
    assert capsys.readouterr() == ("", line)
