from itertools import islice

from benchmarks import corpora
from benchmarks.table import percentile


def test_fewer_papers_are_the_beginning_of_more() -> None:
    """Made papers are the same at every size, and every time; the seeds' own come first."""
    more = list(corpora.papers(600))
    assert list(corpora.papers(500)) == more[:500]
    assert list(islice(corpora.papers(1_000_000), 600)) == more
    assert corpora.seeds() == more[: len(corpora.seeds())]


def test_the_vocabulary_grows_by_heaps_law() -> None:
    """Half a million distinct terms and more at a million papers; invented words are all different."""
    assert [corpora.distinct(papers) for papers in (382, 10_000, 1_000_000)] == [4_995, 37_821, 657_260]
    assert len({corpora.word(rank) for rank in range(657_260)}) == 657_260


def test_a_percentile_is_one_of_the_values() -> None:
    """By nearest rank: the smallest value that so many percent do not exceed."""
    values = [float(value) for value in range(200, 0, -1)]
    assert [percentile(values, percent) for percent in (0.1, 50, 99, 100)] == [1, 100, 198, 200]
