import gzip
import io
import os
import socket
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
import xxhash

from bot.corpus import Catalog, File, Piece, Stamp, disk, find_corpus, pieces_of
from bot.corpus.catalog import Entry
from bot.papers import Problem, Record
from tests.reading import Read, read_corpus

TEXT = "An abstract is a text of some length that says what a paper does. " * 6


def write(path: Path, text: str) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def titles(corpus: Read) -> list[tuple[str, str]]:
    """Return file and title of each record."""
    return [(record.source.file, record.title) for record in corpus.records]


def test_folders_are_read_with_all_below_them_in_order(tmp_path: Path) -> None:
    """Sources are named by their path in the folder; hidden files, catalogs and READMEs are no corpus."""
    for name in ("b.txt", "a/z.txt", "a/README.md", "ReadMe", ".hidden", ".git/x.txt", "a/y", "a.txt"):
        write(tmp_path / name, f"Paper {name}\n{TEXT}\n")
    write(tmp_path / "catalog.csv", "sha256,title,first_author,authors,year,arxiv_id,acl_id,url\n")
    corpus = read_corpus([tmp_path])
    assert (corpus.files, corpus.problems) == (("a/y", "a/z.txt", "a.txt", "b.txt"), ())
    assert titles(corpus) == [(name, f"Paper {name}") for name in corpus.files]


def test_a_file_may_be_named_by_itself(tmp_path: Path) -> None:
    """It goes by its name, and the catalog beside it is used."""
    file = write(tmp_path / "deep" / "one.txt", TEXT)
    write(tmp_path / "deep" / "other.txt", TEXT)
    key = sha256(TEXT.encode()).hexdigest()
    header = "sha256,title,first_author,authors,year,arxiv_id,acl_id,url\n"
    write(tmp_path / "deep" / "catalog.csv", f"{header}{key},From the Catalog,,,,,,\n")
    corpus = read_corpus([file])
    assert (titles(corpus), corpus.problems) == ([("one.txt", "From the Catalog")], ())


def test_the_first_catalog_that_knows_a_paper_is_used(tmp_path: Path) -> None:
    """Catalogs serve files in other folders too, in the order of the paths."""
    write(tmp_path / "a" / "one.txt", TEXT)
    key = sha256(TEXT.encode()).hexdigest()
    header = "sha256,title,first_author,authors,year,arxiv_id,acl_id,url\n"
    write(tmp_path / "b" / "catalog.csv", f"{header}{key},First,,,,,,\n")
    write(tmp_path / "c" / "catalog.csv", f"{header}{key},Second,,,,,,\n")
    assert titles(read_corpus([tmp_path])) == [("a/one.txt", "First")]


def test_a_bad_catalog_leaves_the_papers_alone(tmp_path: Path) -> None:
    """It is reported, and the papers are read without it."""
    write(tmp_path / "one.txt", f"One\n{TEXT}\n")
    (tmp_path / "catalog.csv").write_bytes(b"\xff\xfes\x00h\x00a\x00")
    corpus = read_corpus([tmp_path])
    assert titles(corpus) == [("one.txt", "One")]
    assert corpus.problems == (Problem("catalog.csv", 0, "the file is UTF-16; save it as UTF-8"),)


def test_a_missing_path_is_reported_and_the_others_are_read(tmp_path: Path) -> None:
    """A folder that is not there stops nothing."""
    write(tmp_path / "here" / "one.txt", f"One\n{TEXT}\n")
    missing = tmp_path / "missing"
    corpus = read_corpus([missing, tmp_path / "here"])
    assert titles(corpus) == [("one.txt", "One")]
    assert corpus.problems == (Problem(str(missing), 0, "cannot be read: no such file or directory"),)
    assert find_corpus([missing, tmp_path / "here"]).missing == (str(missing),)


def test_a_folder_that_cannot_be_listed_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of what it holds; one within a folder is a problem only."""
    write(tmp_path / "a" / "one.txt", TEXT)
    listed = os.scandir

    def refused(path: Path) -> object:
        if path == tmp_path / "a":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)
    problem = Problem(str(tmp_path / "a"), 0, "cannot be read: permission denied")
    assert find_corpus([tmp_path / "a"]) == disk.Corpus((), Catalog(), (problem,), (problem.file,))


def test_a_corpus_is_found_without_reading_papers(tmp_path: Path) -> None:
    """Its files, in order, and what its catalogs know; the catalog is no file of papers."""
    two, one = write(tmp_path / "b.txt", TEXT), write(tmp_path / "a.txt", TEXT)
    key = sha256(TEXT.encode()).hexdigest()
    write(
        tmp_path / "catalog.csv",
        f"sha256,title,first_author,authors,year,arxiv_id,acl_id,url\n{key},T,,,,,,\n",
    )
    files = (File(one, "a.txt"), File(two, "b.txt"))
    assert find_corpus([tmp_path]) == disk.Corpus(files, Catalog({key: Entry(title="T")}), (), ())


def test_a_stamp_and_a_digest_tell_whether_a_file_is_another(tmp_path: Path) -> None:
    """The stamp from what the system says of it, the digest from its bytes as they lie there."""
    path = tmp_path / "a.txt"
    file = File(path, "a")
    assert file.stamp() is None
    with pytest.raises(FileNotFoundError):
        file.digest()
    path.write_bytes(b"tea" * 500_000)
    os.utime(path, ns=(1, 2))
    assert file.stamp() == Stamp(1_500_000, 2)
    assert file.digest() == xxhash.xxh3_128_hexdigest(b"tea" * 500_000)


def test_papers_come_one_by_one(tmp_path: Path) -> None:
    """The first one before the end is read, with how far that is; and then the file may be let go."""
    line = '{"title": "A Title", "abstract": "' + TEXT + '"}\n'
    file = File(write(tmp_path / "a", line * 20_000), "a")
    told: list[int] = []
    pieces = pieces_of(file, Catalog(), told.append)
    first = next(pieces)
    assert isinstance(first, Piece)
    assert (first.line, first.text) == (1, line.rstrip("\n"))
    assert 0 < told[-1] < 1 << 20
    pieces.close()  # or the file would be reported as left open
    assert sum(1 for _ in pieces_of(file, Catalog(), told.append)) == 20_000
    assert (told[-1], max(after - before for before, after in pairwise(told)) <= 1 << 20) == (
        len(line) * 20_000,
        True,
    )


def read_until_it_fails(file: File) -> list[Piece | Problem]:
    """Return the pieces of a file, of which the disk does not give all."""
    found: list[Piece | Problem] = []
    with pytest.raises(OSError, match="error"):
        found.extend(pieces_of(file, Catalog()))
    return found


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("end", ['{"title": "Lost"}', ""])
def test_a_disk_that_fails_midway_costs_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes], end: str
) -> None:
    """What stands before it is read, and the loss has a line."""
    data = pack(b'{"title": "One"}\n{"title": "Two"}\n' + end.encode())

    class Failing(io.BytesIO):
        """What a bad block does, instead of the end."""

        def _checked(self, data: bytes) -> bytes:
            if not data:
                raise OSError(5, "Input/output error")
            return data

        def read(self, size: int | None = -1, /) -> bytes:
            return self._checked(super().read(size))

        def read1(self, size: int | None = -1, /) -> bytes:
            return self._checked(super().read1(size))

    monkeypatch.setattr(Path, "open", lambda *_: Failing(data))
    *found, last = read_until_it_fails(File(tmp_path, "a"))
    records = [each.read() for each in found if isinstance(each, Piece)]
    assert [each.title for each in records if isinstance(each, Record)][:2] == ["One", "Two"]
    assert last == Problem("a", 3, "cannot be read: input/output error")


def test_a_folder_without_papers_is_reported(tmp_path: Path) -> None:
    """Empty, or with nothing but what is no corpus."""
    write(tmp_path / "only" / "README", "About.")
    (tmp_path / "empty").mkdir()
    assert read_corpus([tmp_path / "only", tmp_path / "empty"]) == Read(
        problems=(
            Problem(str(tmp_path / "only"), 0, "the folder holds no papers"),
            Problem(str(tmp_path / "empty"), 0, "the folder holds no papers"),
        )
    )


def test_paths_that_lead_to_no_corpus_are_reported(tmp_path: Path) -> None:
    """No path at all, a README, a pipe, a link to itself, and a name no system takes."""
    readme = write(tmp_path / "README.md", TEXT)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    assert read_corpus([]).problems == (Problem("corpus", 0, "no folder or file of papers is named"),)
    corpus = find_corpus([readme, tmp_path / "pipe", tmp_path / "loop", Path("a\0b"), Path("a\ud800")])
    assert (corpus.files, corpus.problems) == (
        (),
        (
            Problem("README.md", 0, "a README is not read for papers"),
            Problem("pipe", 0, "neither a file nor a folder"),
            Problem(str(tmp_path / "loop"), 0, "cannot be read: too many levels of symbolic links"),
            Problem("a\\x00b", 0, "cannot be read: not a path"),
            Problem("a\\ud800", 0, "cannot be read: not a path"),
        ),
    )
    assert corpus.missing == (str(tmp_path / "loop"), "a\\x00b", "a\\ud800")


def test_links_in_a_circle_are_not_followed_for_ever(tmp_path: Path) -> None:
    """A folder is entered once; a dangling link is reported."""
    write(tmp_path / "a" / "one.txt", f"One\n{TEXT}\n")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    corpus = read_corpus([tmp_path])
    assert titles(corpus) == [("a/one.txt", "One")]
    assert corpus.problems == (Problem("gone", 0, "cannot be read: no such file or directory"),)


def test_what_is_named_twice_is_read_once(tmp_path: Path) -> None:
    """Overlapping paths give each file one name, and no folder counts as empty for it."""
    file = write(tmp_path / "a" / "one.txt", f"One\n{TEXT}\n")
    corpus = read_corpus([file, tmp_path / "a", tmp_path])
    assert (titles(corpus), corpus.problems) == ([("one.txt", "One")], ())


def test_files_of_the_same_name_keep_apart(tmp_path: Path) -> None:
    """The second has its whole path for a name."""
    write(tmp_path / "x" / "papers.txt", f"One\n{TEXT}\n")
    second = write(tmp_path / "y" / "papers.txt", f"Two\n{TEXT}\n")
    corpus = read_corpus([tmp_path / "x", tmp_path / "y"])
    assert titles(corpus) == [("papers.txt", "One"), (str(second.resolve()), "Two")]


def test_bytes_that_are_not_utf8_cost_their_line(tmp_path: Path) -> None:
    """In the text and in the file's name: the line is refused, the name is escaped."""
    name = os.fsdecode(b"caf\xe9.txt")
    text = f"Title\n{TEXT}\nCaf".encode() + b"\xe9 culture\n" + f"{TEXT}\n".encode()
    (tmp_path / name).write_bytes(text)
    corpus = read_corpus([tmp_path])
    assert titles(corpus) == [
        ("caf\\udce9.txt", "Title"),
        ("caf\\udce9.txt", "An abstract is a text of some length that says what a paper does"),
    ]
    assert corpus.problems == (Problem("caf\\udce9.txt", 3, "not valid UTF-8"),)


def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    """A file the system refuses to read is reported, and those after it are read."""
    write(tmp_path / "b.txt", f"One\n{TEXT}\n")
    # Linux refuses to read this one, also for root.
    (tmp_path / "a.txt").symlink_to("/proc/self/mem")
    corpus = read_corpus([tmp_path])
    assert titles(corpus) == [("b.txt", "One")]
    assert corpus.problems == (Problem("a.txt", 0, "cannot be read: input/output error"),)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """Pipes, sockets and devices are reported, and the papers beside them are read."""
    write(tmp_path / "one.txt", f"One\n{TEXT}\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tmp_path / "socket"))
        corpus = read_corpus([tmp_path])
    assert titles(corpus) == [("one.txt", "One")]
    assert corpus.problems == tuple(
        Problem(name, 0, "neither a file nor a folder") for name in ("pipe", "socket", "zero")
    )


def test_a_folder_named_twice_is_read_once(tmp_path: Path) -> None:
    """However it is written."""
    write(tmp_path / "a" / "one.txt", f"One\n{TEXT}\n")
    (tmp_path / "link").symlink_to("a")
    corpus = read_corpus([tmp_path / "a", tmp_path / "a", tmp_path / "a" / ".." / "a", tmp_path / "link"])
    assert (titles(corpus), corpus.problems) == ([("one.txt", "One")], ())


def test_a_name_may_hold_anything(tmp_path: Path) -> None:
    """What would break a line is escaped; what can be seen is kept."""
    write(tmp_path / "new\nline\x01.txt", f"One\n{TEXT}\n")
    write(tmp_path / "\N{SLIGHTLY SMILING FACE} ü.txt", f"Two\n{TEXT}\n")
    assert read_corpus([tmp_path]).files == ("new\\nline\\x01.txt", "\N{SLIGHTLY SMILING FACE} ü.txt")


def test_a_file_that_is_too_large_is_reported(tmp_path: Path) -> None:
    """One byte more than 32 MiB is not read of a page, which is read at once, nor of a catalog."""
    write(tmp_path / "b.txt", f"One\n{TEXT}\n")
    for name in ("a.txt", "catalog.csv"):
        with (tmp_path / name).open("wb") as large:
            large.truncate((32 << 20) + 1)
    corpus = read_corpus([tmp_path])
    assert titles(corpus) == [("b.txt", "One")]
    assert corpus.problems == (
        Problem("catalog.csv", 0, "the file is larger than 32 MiB; split it"),
        Problem("a.txt", 0, "the file is larger than 32 MiB; split it"),
    )


def test_a_file_of_just_the_largest_size_is_read(tmp_path: Path) -> None:
    """32 MiB are not too large."""
    write(tmp_path / "a.txt", f"One\n{TEXT}\n".ljust(32 << 20))
    corpus = read_corpus([tmp_path])
    assert (titles(corpus), corpus.problems) == ([("a.txt", "One")], ())


@pytest.mark.parametrize(
    ("left", "reasons"),
    [
        (None, ["cannot be read: no such file or directory"]),
        (0, ["the file is empty"]),
        (len(TEXT) + 6, ["not valid UTF-8"]),
    ],
)
def test_a_file_that_changes_meanwhile_costs_itself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int | None, reasons: list[str]
) -> None:
    """It vanishes, or shrinks to nothing or into the middle of a letter; the other one is read."""
    fleeting = write(tmp_path / "a.txt", f"One\n{TEXT} ü.\n")
    write(tmp_path / "b.txt", f"Two\n{TEXT}\n")
    opened = Path.open

    def changed(path: Path, mode: str) -> object:
        if path == fleeting and left is None:
            path.unlink()
        elif path == fleeting and left is not None:
            os.truncate(path, left)
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", changed)
    corpus = read_corpus([tmp_path])
    assert titles(corpus) == [("b.txt", "Two")]
    assert [(problem.file, problem.reason) for problem in corpus.problems] == [
        ("a.txt", why) for why in reasons
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_other_encodings_are_reported(tmp_path: Path, encoding: str) -> None:
    """No paper is made of text that cannot be read, and the file is named."""
    (tmp_path / "a.txt").write_bytes(f"Ü\nÜber {TEXT}\n".encode(encoding))
    corpus = read_corpus([tmp_path])
    assert titles(corpus) == []
    assert {problem.file for problem in corpus.problems} == {"a.txt"}
