"""How well Paperboy ranks, beside other engines: `python -m benchmarks quality FOLDER`, judged collections.

Law: one setting for all collections, the app's own: its analyzer, its title weight, its index, its order.

A collection's queries are prose: a hyphen, a colon or quotes in them are text, and they may be longer than
what the app reads. So they go to the index as the app's bare words do, every word's terms in their order,
past the query's syntax and the limit on its length.

nDCG@10 is trec_eval's, the mean over the judged queries. p is a paired randomisation test's, two-sided: how
often differences as large or larger come about if each query's sign is thrown by a coin.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks import contenders
from benchmarks.figures import title
from benchmarks.judged import CUT, Collection, Document, UnreadableError, collections
from benchmarks.table import Row, Table, show
from benchmarks.tokens import analyzed
from bot.search import collection as search
from bot.search import segment
from bot.search.analyze import Analyzer
from bot.search.query import Query, QueryWord
from bot.search.rank import rank

PAPERBOY = "Paperboy"
THROWS = 9_999
WITHIN = 0.005

Scores = list[list[float]]  # of an engine, for each collection, for each query


def main(arguments: Sequence[str]) -> int:
    """Print the table; returns 2, with one line that says why, where it cannot be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks quality")
    parser.add_argument("folder", type=Path, help="a judged collection, or a folder of them")
    folder = parser.parse_args(arguments).folder
    try:
        judged = collections(folder)
        show(measure(judged))
        show(same_tokens(judged))
    except ModuleNotFoundError as error:
        print(
            f"{error.name} is not installed; make check installs what Paperboy is measured beside",
            file=sys.stderr,
        )
        return 2
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def measure(judged: Sequence[Collection]) -> Table:
    """Rank every collection with every engine."""
    from benchmarks import peers

    scores: dict[str, Scores] = {}
    for name, engine in {PAPERBOY: paperboy, **peers.ENGINES}.items():
        scores[name] = []
        for collection in judged:
            ranked = engine(collection.documents)
            rankings = [ranked(query.text) for query in collection.queries]
            scores[name].append(peers.ndcg([query.gains for query in collection.queries], rankings))
    parts = [
        (f"{collection.name} ({len(collection.queries):,})", slice(place, place + 1))
        for place, collection in enumerate(judged)
    ]
    if len(judged) > 1:
        parts.append(("mean", slice(None)))
    notes = [
        f"nDCG@{CUT} by trec_eval: gains are the grades as they are, the discount is log2(1 + rank)",
        "in brackets: how many judged queries; won, lost and tied by Paperboy",
        f"p: paired randomisation test, two-sided, {THROWS:,} throws; in the mean collections weigh the same",
    ]
    rows = chain.from_iterable(
        _rows(label, {name: each[part] for name, each in scores.items()}) for label, part in parts
    )
    return Table("Quality, beside other engines at their defaults", list(rows), notes)


def same_tokens(judged: Sequence[Collection]) -> Table:
    """Rank every collection with the engines of `benchmarks.contenders`, which all get the app's terms.

    Paperboy is the whole app here too, to show that nothing it does besides ranks worse than BM25 alone.
    """
    from benchmarks import peers

    rows = []
    for collection in judged:
        gains = [query.gains for query in collection.queries]
        ranked = paperboy(collection.documents)
        ours = peers.ndcg(gains, [ranked(query.text) for query in collection.queries])
        theirs = {
            title(name): peers.ndcg(gains, _given_terms(name, collection))
            for name in (contenders.RANK_BM25, contenders.BM25S, contenders.TANTIVY, contenders.FTS5)
        }
        floor = max(map(fmean, theirs.values())) - WITHIN
        label, own = f"{collection.name} ({len(collection.queries):,})", fmean(ours)
        rows.append(Row(f"{label}: {PAPERBOY}", f"{own:.4f}", f"at least {floor:.4f}", own >= floor))
        rows += [
            Row(f"{label}: {name}", f"{fmean(scores):.4f}; {_beside([ours], [scores])}")
            for name, scores in theirs.items()
        ]
    notes = [f"nDCG@{CUT} as above; the target is the best peer's less {WITHIN:g}"]
    return Table("Quality, beside other engines given the same terms", rows, notes)


def _given_terms(name: str, collection: Collection) -> list[list[int]]:
    """Return an engine's ranking for each query."""
    terms = Analyzer().terms
    with tempfile.TemporaryDirectory(prefix="paperboy-bench-") as folder:
        index = Path(folder) / "index"
        index.mkdir()
        engine = contenders.contender(name, Path(folder) / contenders.TOKENS, index)
        lines = (" ".join(paper) for paper in analyzed(collection.documents))
        engine.tokens.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        engine.build()
        engine.open()
        return [
            engine.best(asked, CUT) if (asked := terms(query.text)) else [] for query in collection.queries
        ]


def paperboy(documents: Sequence[Document]) -> Callable[[str], list[int]]:
    """Return how the app ranks bare words, as `bot.library` builds its collection."""
    analyzer = Analyzer()
    searched = [segment.Document(title=title, abstract=text) for title, text in documents]
    indexed = search.Collection.of(searched, analyzer)

    def ranked(text: str) -> list[int]:
        words = (QueryWord(text[start:end], forms, start) for start, end, forms in analyzer.words(text))
        query = Query(text, tuple(words))
        return [hit.document for hit in rank(indexed, query, CUT).hits] if query.words else []

    return ranked


def p_value(differences: Sequence[float], seed: int = 1) -> float:
    """Return how probable a sum this far from nought is if each difference might as well be the opposite."""
    values = np.array(differences)
    signs = np.random.default_rng(seed).integers(0, 2, (THROWS, len(values)), dtype=np.int8) * 2 - 1
    bound = abs(values.sum()) * (1 - 1e-9)  # the same numbers summed in another order may differ a little
    as_far = int(np.count_nonzero(np.abs(signs @ values) >= bound))
    return (as_far + 1) / (THROWS + 1)


def _rows(label: str, scores: Mapping[str, Scores]) -> list[Row]:
    """Compare over some collections, each of which counts the same."""
    means = {name: fmean(map(fmean, each)) for name, each in scores.items()}
    ours = scores[PAPERBOY]
    rival = max(mean for name, mean in means.items() if name != PAPERBOY)
    rows = [
        Row(f"{label}: {PAPERBOY}", f"{means[PAPERBOY]:.4f}", f"above {rival:.4f}", means[PAPERBOY] > rival)
    ]
    for name, theirs in scores.items():
        if name != PAPERBOY:
            rows.append(Row(f"{label}: {name}", f"{means[name]:.4f}; {_beside(ours, theirs)}"))
    return rows


def _beside(ours: Scores, theirs: Scores) -> str:
    """Say how many queries we win, lose and tie, and how probable that is by chance."""
    pairs = [list(zip(*both, strict=True)) for both in zip(ours, theirs, strict=True)]
    every = list(chain.from_iterable(pairs))
    won = sum(one > other for one, other in every)
    lost = sum(one < other for one, other in every)
    chance = p_value([(one - other) / len(part) for part in pairs for one, other in part])
    return f"{won} won, {lost} lost, {len(every) - won - lost} tied, p = {chance:.4f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
