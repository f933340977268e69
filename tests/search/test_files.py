import json
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from bot.search.blocks import Blocks
from bot.search.files import DamagedError, load, write
from bot.search.index import K1, B
from bot.search.segment import Document, Segment, flat, nested, segment
from tests.search.arrays import ANALYZER, DOCUMENT, numbered, same_arrays

LIST = "index.json"
HEADER = 128  # bytes, which numpy alone reads
CORPUS = 7
ALL_OF_THEM = 1 << 16  # bytes, below which files are read rather than mapped; as it is
NONE_OF_THEM = 1


@pytest.fixture(scope="module")
def made() -> Segment:
    """Return a segment with some of everything, blocks too."""
    documents = [
        Document(
            title="Fine-tuning",
            abstract="mixture of experts (MoE)",
            authors=["Li"],
            labels=["a", "b"],
            year=2023,
        ),
        Document(title="", abstract="model " * 300, labels=["a"], dated=7),
        Document(title="", abstract=""),
    ]
    plain = segment(numbered(documents), ANALYZER.forms)
    return replace(plain, blocks=Blocks.of(plain.text, plain.lengths, K1, B))


@pytest.fixture(scope="module")
def kept(made: Segment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds it; do not change it."""
    folder = tmp_path_factory.mktemp("kept")
    write(folder, flat(made), CORPUS)
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    return Path(shutil.copytree(kept, tmp_path / "copy"))


@pytest.fixture(params=[ALL_OF_THEM, NONE_OF_THEM])
def mapped(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Have arrays read, and then mapped."""
    monkeypatch.setattr("bot.search.files._SMALL", request.param)
    return bool(request.param == NONE_OF_THEM)


def refused(folder: Path, corpus: int = CORPUS) -> str:
    """See that a folder is refused; return why."""
    with pytest.raises(DamagedError) as raised:
        load(folder, corpus)
    return str(raised.value)


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the list of a folder."""
    about = json.loads((folder / LIST).read_text())
    change(about)
    (folder / LIST).write_text(json.dumps(about))


def test_what_is_read_is_what_was_written(made: Segment, kept: Path, *, mapped: bool) -> None:
    """To the last bit; it cannot be changed, and large arrays are mapped."""
    found = load(kept, CORPUS)
    same_arrays(dict(flat(found)), dict(flat(made)))
    for _, array in flat(found):
        assert not array.flags.writeable
        assert isinstance(array.base, np.memmap) is (mapped and array.size > 0)


@given(st.lists(DOCUMENT, max_size=4))
def test_any_segment_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Document]
) -> None:
    """Without documents, words or authors too."""
    made = segment(numbered(documents), ANALYZER.forms)
    folder = tmp_path_factory.mktemp("any") / "made" / "with its parents"
    write(folder, flat(made), CORPUS)
    same_arrays(dict(flat(load(folder, CORPUS))), dict(flat(made)))


def test_files_are_numpys_own(made: Segment, kept: Path) -> None:
    """One for each array, by its name, and a list; numpy reads them."""
    assert {path.name for path in kept.iterdir()} == {LIST, *(f"{name}.npy" for name, _ in flat(made))}
    same_arrays(
        {name: np.load(kept / f"{name}.npy", allow_pickle=False) for name, _ in flat(made)}, dict(flat(made))
    )


@pytest.mark.usefixtures("mapped")
def test_arrays_outlive_their_files(made: Segment, folder: Path) -> None:
    """What has been read stays as it is when the folder is gone."""
    found = load(folder, CORPUS)
    shutil.rmtree(folder)
    same_arrays(dict(flat(found)), dict(flat(made)))


def test_arrays_come_in_pieces(made: Segment, tmp_path: Path) -> None:
    """Which may come in any order, and be empty."""
    pieces = [(name, array[place : place + 2]) for place in range(0, 999, 2) for name, array in flat(made)]
    write(tmp_path, pieces, CORPUS)
    same_arrays(dict(flat(load(tmp_path, CORPUS))), dict(flat(made)))


@pytest.mark.parametrize("piece", [np.zeros(1, np.int64), np.zeros((1, 1), np.int32), np.zeros(1, ">i4")])
def test_a_piece_of_another_kind_is_a_defect(tmp_path: Path, piece: np.ndarray[Any, Any]) -> None:
    """Nothing is written that could not be read."""
    with pytest.raises(TypeError, match="does not continue"):
        write(tmp_path, [("numbers", np.zeros(3, np.int32)), ("numbers", piece)], CORPUS)
    refused(tmp_path)


def test_arrays_are_added_to_a_folder(made: Segment, tmp_path: Path) -> None:
    """Those that are there stay; of another version of the corpus none does."""
    assert made.blocks is not None
    without = [(name, array) for name, array in flat(made) if not name.startswith("blocks.")]
    write(tmp_path, without, CORPUS)
    assert load(tmp_path, CORPUS).blocks is None
    write(tmp_path, nested("blocks", made.blocks), CORPUS)
    same_arrays(dict(flat(load(tmp_path, CORPUS))), dict(flat(made)))
    write(tmp_path, nested("blocks", made.blocks), CORPUS + 1)
    refused(tmp_path, CORPUS)
    refused(tmp_path, CORPUS + 1)


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data + b"\0",
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: bytes(len(data)),
    ],
    ids=["empty", "short", "half", "long", "flipped", "zeros"],
)
def test_each_file_must_be_as_it_was_written(
    folder: Path, made: Segment, spoil: Callable[[bytes], bytes]
) -> None:
    """Not shorter, nor longer, nor otherwise."""
    for name, _ in flat(made):
        path = folder / f"{name}.npy"
        data = path.read_bytes()
        spoilt = spoil(data)
        path.write_bytes(spoilt)
        if spoilt[HEADER:] != data[HEADER:] or len(spoilt) != len(data):
            assert path.name in refused(folder)
        path.write_bytes(data)
    load(folder, CORPUS)


@pytest.mark.usefixtures("mapped")
def test_each_file_must_be_there(folder: Path, made: Segment) -> None:
    """And be a file."""
    for name, _ in flat(made):
        path = folder / f"{name}.npy"
        path.rename(folder / "elsewhere")
        assert path.name in refused(folder)
        path.mkdir()
        assert path.name in refused(folder)
        path.rmdir()
        (folder / "elsewhere").rename(path)
    load(folder, CORPUS)


@given(st.data())
def test_one_flipped_bit_is_never_read(kept: Path, made: Segment, data: st.DataObject) -> None:
    """Wherever it is: what is read is what was written, or nothing is."""
    file = data.draw(st.sampled_from(sorted(path.name for path in kept.iterdir())))
    path = kept / file
    before = path.read_bytes()
    bit = data.draw(
        st.integers(0 if file == LIST else 8 * HEADER, 8 * len(before) - 1)
        if len(before) > HEADER
        else st.just(0)
    )
    after = bytearray(before)
    after[bit // 8] ^= 1 << bit % 8
    path.write_bytes(after)
    try:
        read_or_refused(kept, made, must_refuse=file != LIST and bit >= 8 * HEADER)
    finally:
        path.write_bytes(before)


def test_one_flipped_bit_in_the_list_is_never_believed(folder: Path, made: Segment) -> None:
    """In what it says of an array: kind, shape, offset, digest."""
    before = (folder / LIST).read_bytes()
    first = before.index(b'"numbers"')
    for bit in range(8 * first, 8 * before.index(b"]", before.index(b"]", first) + 1)):
        after = bytearray(before)
        after[bit // 8] ^= 1 << bit % 8
        (folder / LIST).write_bytes(after)
        read_or_refused(folder, made, must_refuse=False)


def read_or_refused(folder: Path, made: Segment, *, must_refuse: bool) -> None:
    """See that a folder is refused, or read as it was written."""
    try:
        found = load(folder, CORPUS)
    except DamagedError:
        return
    assert not must_refuse
    same_arrays(dict(flat(found)), dict(flat(made)))


def test_a_folder_without_a_list_holds_nothing(folder: Path, tmp_path: Path) -> None:
    """Nor does one that is not there, or is a file."""
    (folder / LIST).unlink()
    refused(folder)
    refused(tmp_path / "gone")
    (tmp_path / "file").write_text("")
    refused(tmp_path / "file")


@pytest.mark.parametrize("cut", [0, 1, 20, 100, -1])
def test_a_list_that_is_cut_is_refused(folder: Path, cut: int) -> None:
    """Wherever it ends."""
    (folder / LIST).write_bytes((folder / LIST).read_bytes()[:cut])
    refused(folder)


@given(
    st.binary(max_size=60)
    | st.sampled_from([b"null", b"[]", b"{}", b'"x"', b"1e999", b"\xff", b"[" * 99_999])
)
def test_a_list_that_is_none_is_refused(tmp_path_factory: pytest.TempPathFactory, garbage: bytes) -> None:
    """Whatever else it is."""
    folder = tmp_path_factory.mktemp("garbage")
    (folder / LIST).write_bytes(garbage)
    refused(folder)


@pytest.mark.parametrize(
    ("named", "other"),
    [
        *(("format", 0), ("format", 3), ("format", "1"), ("analysis", "0"), ("analysis", None)),
        *(
            ("numbers", []),
            ("numbers", None),
            ("numbers", [128, 1_024, 0.01, 1.5, 0.75, 3, 16, 32_767, 15, 63]),
        ),
        *(("corpus", CORPUS + 1), ("corpus", str(CORPUS)), ("arrays", []), ("arrays", None), ("arrays", {})),
    ],
)
def test_another_versions_list_is_refused(folder: Path, named: str, other: object) -> None:
    """Of the format, of the numbers that arrays are made with, of the analyzer, of the corpus."""
    edit(folder, lambda about: about.update({named: other}))
    refused(folder)


@pytest.mark.parametrize("named", ["format", "numbers", "analysis", "corpus", "arrays"])
def test_a_list_says_what_it_is_of(folder: Path, named: str) -> None:
    """All of it."""
    edit(folder, lambda about: about.pop(named))
    refused(folder)


def test_what_another_analyzer_has_written_is_refused(
    made: Segment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Be it the next one or the one before."""
    monkeypatch.setattr("bot.search.files.VERSION", "0")
    write(tmp_path, flat(made), CORPUS)
    load(tmp_path, CORPUS)
    monkeypatch.undo()
    assert "is another version's" in refused(tmp_path)


KINDS = [
    *("O", "|O", "O8", "i4,O", "i4,i4", [["a", "<i4"]], {"names": ["a"], "formats": ["O"]}),
    *("", "x", None, 5, True, [], "<i4\0", "\ud800", "S0", "V0", "U0"),
    *(">i4", "<u4", "<f4", "|S4", "<U1", "|V4", "<i2", "<i8", "<M8[s]"),
]
SHAPES = [
    *([], [-1], [-3], [0], [2], [4], [3, 1], [1, 3], [1, 1, 3], [3, 0], [0, 0]),
    *([1 << 62], [1 << 31, 1 << 31], [1 << 90]),
    *([2.5], [3.0], ["3"], [None], [[3]], 3, None, "3", {"3": 3}),
]
OFFSETS = [-1, -128, 0, 4, 127, 132, 1 << 40, 1 << 90, None, "128", 128.5, [128]]
WILD = (
    [pytest.param(0, kind, id=f"kind {kind!r}") for kind in KINDS]
    + [pytest.param(1, shape, id=f"shape {shape}") for shape in SHAPES]
    + [pytest.param(2, offset, id=f"offset {offset!r}") for offset in OFFSETS]
    + [pytest.param(3, digest, id=f"digest {digest!r}") for digest in (None, "", "x", 5)]
)


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize(("place", "wild"), WILD)
def test_an_entry_that_is_wild_is_refused(folder: Path, place: int, wild: object) -> None:
    """Of three numbers of 32 bits no other kind, shape or place is believed, nor does it do harm."""

    def spoil(about: dict[str, Any]) -> None:
        assert about["arrays"]["numbers"][:3] == ["<i4", [3], HEADER]
        about["arrays"]["numbers"][place] = wild

    edit(folder, spoil)
    refused(folder)


@pytest.mark.parametrize("entry", [None, [], ["<i4"], ["<i4", [3], 128, "x", 5], "text", {}, 7])
def test_an_entry_of_another_form_is_refused(folder: Path, entry: object) -> None:
    """It has four parts."""
    edit(folder, lambda about: about["arrays"].update(numbers=entry))
    refused(folder)


def _without(name: str, about: dict[str, Any]) -> None:
    del about["arrays"][name]


def _with(entry: list[object], about: dict[str, Any]) -> None:
    about["arrays"]["numbers"] = entry


def test_every_array_must_be_listed(folder: Path, made: Segment) -> None:
    """Each, and no other."""
    whole = (folder / LIST).read_text()
    for name, _ in flat(made):
        if not name.startswith("blocks."):
            edit(folder, partial(_without, name))
            refused(folder)
            (folder / LIST).write_text(whole)
    edit(folder, lambda about: about["arrays"].update(other=about["arrays"]["numbers"]))
    shutil.copy(folder / "numbers.npy", folder / "other.npy")
    refused(folder)


class Trap:
    """What leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.trace,)


@pytest.mark.usefixtures("mapped")
def test_nothing_is_unpickled(folder: Path, tmp_path: Path) -> None:
    """Even where list, size and digest agree."""
    trace = tmp_path / "trace"
    path = folder / "numbers.npy"
    np.save(path, np.array([Trap(trace)], dtype=object), allow_pickle=True)
    data = path.read_bytes()
    body = data[HEADER:]
    pickle.loads(body)  # noqa: S301  # the trap works
    assert trace.exists()
    trace.unlink()
    size = len(body) // 8
    path.write_bytes(data[: HEADER + 8 * size])
    for shape in ([1], [size]):
        digest = xxhash.xxh3_128_hexdigest(body[: 8 * size])
        edit(folder, partial(_with, ["|O", shape, HEADER, digest]))
        refused(folder)
    assert not trace.exists()
