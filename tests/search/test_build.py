import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.analyze import Forms
from bot.search.blocks import Blocks
from bot.search.build import Meaning, Numbered, build, keep, parts_of
from bot.search.files import DamagedError, load
from bot.search.index import K1, B
from bot.search.merge import combined, merged
from bot.search.segment import Document, Part, Piece, Segment, flat, segment
from tests.search.arrays import ANALYZER, DOCUMENT, numbered, resident, same_arrays, same_segment

CORPUS = 7
LABELLED = Document(title="Fine-tuning", abstract="a model", authors=["Li"], labels=["a.txt"], year=2023)


def _here(
    lots: Iterable[list[Numbered]], _folder: Path | None, meaning: Callable[[], Meaning]
) -> Iterator[Segment]:
    """Index lots in this process, which is sooner ready for small ones."""
    forms = meaning()
    return (segment(lot, forms) for lot in lots)


@given(st.lists(DOCUMENT, max_size=6), st.sampled_from([1, 5, 40, 200, 1 << 25]))
def test_what_is_built_lot_by_lot_is_one_segment(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Document], letters: int
) -> None:
    """However large the lots are."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.search.build._LETTERS", letters)
        patch.setattr("bot.search.build._segments", _here)
        build(iter(numbered(documents)), folder, CORPUS)
    same_segment(load(folder, CORPUS), segment(numbered(documents), ANALYZER.forms))


@pytest.mark.parametrize("size", range(5))
def test_a_lot_may_be_full_with_the_last_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """What is built is the same then."""
    documents = numbered([LABELLED] * size)
    monkeypatch.setattr("bot.search.build._segments", _here)
    monkeypatch.setattr("bot.search.build._LETTERS", 2 * len(LABELLED.title + LABELLED.abstract))
    build(documents, tmp_path, CORPUS)
    same_segment(load(tmp_path, CORPUS), segment(documents, ANALYZER.forms))


def plain() -> Meaning:
    """Return what takes each word for itself; it is imported by other processes."""
    return lambda word: Forms((word,), ((word,),))


def test_lots_are_indexed_by_processes_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, and each with what a word means there."""
    monkeypatch.setattr("bot.search.build._LETTERS", 40)
    documents = numbered([LABELLED._replace(abstract=f"models w{number}") for number in range(9)])
    build(iter(documents), tmp_path / "english", CORPUS)
    same_segment(load(tmp_path / "english", CORPUS), segment(documents, ANALYZER.forms))
    for folder in (None, tmp_path / "plain"):
        parts = parts_of(documents, folder, plain)
        assert len(parts) > 2
        assert [number for part in parts for number in part.segment.numbers] == [
            number for number, _ in documents
        ]
        same_segment(combined(parts), segment(documents, plain()))
        assert [part.segment.text.hashes.base is None for part in parts] == [folder is None] * len(parts)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has mapped")
def test_the_lots_are_let_go_of_before_all_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else memory would hold everything twice."""
    monkeypatch.setattr("bot.search.build._LETTERS", 40)
    mapped: list[bool] = []

    def watched(parts: Sequence[Part]) -> Iterator[Piece]:
        mapped.append(".lot" in Path("/proc/self/maps").read_text())
        return merged(parts)

    def looking(folder: Path, corpus: int) -> Segment:
        mapped.append(".lot" in Path("/proc/self/maps").read_text())
        return load(folder, corpus)

    monkeypatch.setattr("bot.search.build.merged", watched)
    monkeypatch.setattr("bot.search.build.load", looking)
    build(((number, LABELLED) for number in range(9)), tmp_path / "index", 1)
    assert mapped == [True, False]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what lies in memory")
def test_what_was_read_of_the_lots_is_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory need not hold all of them, however much is merged."""
    monkeypatch.setattr("bot.search.build._LETTERS", 40)
    monkeypatch.setattr("bot.search.build._KEPT", 0)
    begun, left = list[int](), list[int]()

    def watched(parts: Sequence[Part]) -> Iterator[Piece]:
        for piece in merged(parts):
            begun.append(resident(".lot"))
            yield piece
            left.append(resident(".lot") if piece[1].size else 0)

    monkeypatch.setattr("bot.search.build.merged", watched)
    build(((number, LABELLED) for number in range(9)), tmp_path / "index", 1)
    assert max(begun) > 0
    assert set(left) == {0}


def test_of_the_lots_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are put beside what becomes of them, for as long as they are needed."""
    monkeypatch.setattr("bot.search.build._LETTERS", 40)
    documents = numbered([LABELLED] * 3)
    parts = parts_of(documents, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.lot", "1.lot", "2.lot", "3.lot"]
    keep(parts, tmp_path, CORPUS)
    left = {path.name for path in tmp_path.iterdir()}
    build(documents[:1], tmp_path / "one", CORPUS)
    assert left == {path.name for path in (tmp_path / "one").iterdir()}


@given(st.lists(DOCUMENT, min_size=1, max_size=6), st.data())
def test_parts_are_kept_as_one(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Document], data: st.DataObject
) -> None:
    """Without what is left out, but for its words; of one version of the corpus."""
    folder = tmp_path_factory.mktemp("kept")
    flags = data.draw(st.lists(st.booleans(), min_size=len(documents), max_size=len(documents)))
    cut = data.draw(st.integers(0, len(documents)))
    parts = [
        Part(
            segment(numbered(documents)[one:other], ANALYZER.forms),
            np.array(flags[one:other], dtype=np.bool_),
        )
        for one, other in ((0, cut), (cut, len(documents)))
    ]
    keep(parts, folder, CORPUS)
    kept = [each for each, flag in zip(numbered(documents), flags, strict=True) if flag]
    expected = segment(kept, ANALYZER.forms)
    same_segment(load(folder, CORPUS), expected, remembered=segment(numbered(documents), ANALYZER.forms))
    with pytest.raises(DamagedError):
        load(folder, CORPUS + 1)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("size", "big"), [(3, 4), (4, 4), (5, 4)])
def test_what_is_big_has_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, big: int) -> None:
    """Those of its terms and lengths; and what is kept anew has them anew."""
    monkeypatch.setattr("bot.search.build.BIG", big)
    monkeypatch.setattr("bot.search.build._LETTERS", 50)
    monkeypatch.setattr("bot.search.build._segments", _here)
    documents = numbered([LABELLED._replace(abstract="model " * number) for number in range(size)])
    whole = segment(documents, ANALYZER.forms)
    build(documents, tmp_path / "one", CORPUS)
    found = load(tmp_path / "one", CORPUS)
    if size < big:
        assert found.blocks is None
        return
    blocks = Blocks.of(whole.text, whole.lengths, K1, B)
    same_arrays(dict(flat(found)), dict(flat(replace(found, blocks=blocks))))
    less = np.arange(size) > 0
    keep([Part(found, less)], tmp_path / "other", CORPUS)
    again = load(tmp_path / "other", CORPUS)
    if size - 1 < big:
        assert again.blocks is None
        return
    rest = segment(documents[1:], ANALYZER.forms)
    blocks = Blocks.of(rest.text, rest.lengths, K1, B)
    same_arrays(dict(flat(again)), dict(flat(replace(again, blocks=blocks))))


def test_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    """As an OSError, which whoever asks may catch."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        build(numbered([LABELLED]), tmp_path / "file" / "folder", CORPUS)


KILLED = """
import os, signal, sys
from pathlib import Path
from bot.search import build
from bot.search.segment import Document

def documents():
    for number in range(20):
        yield number, Document(title="", abstract="model")
    os.kill(os.getpid(), signal.SIGKILL)

build._LETTERS = 1
build.build(documents(), Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_helpers_end_with_whoever_started_them(tmp_path: Path) -> None:
    """However that ends: what they print to is closed once all have ended, which is waited for."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "index")],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")
