"""Judged collections: documents, queries, and how well the one answers the other, read from a folder.

Law: what is missing or malformed is named in one line, with the place and the reason; nothing is guessed.

    docs.jsonl     {"id": "184", "title": "scale models", "text": "…"} a line; the title may be empty
    queries.jsonl  {"id": "1", "text": "what similarity laws must be obeyed"} a line
    qrels.tsv      query_id, doc_id and relevance a line, tabs between them, under a line that says so
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

CUT = 10  # how many documents of a ranking are judged
FILES = ("docs.jsonl", "queries.jsonl", "qrels.tsv")
_HEAD = "query_id\tdoc_id\trelevance"
_GRADE = re.compile("-?[0-9]{1,3}")


class UnreadableError(Exception):
    """A collection cannot be read; the text is one line that says where and why."""


class Document(NamedTuple):
    """A document; `joined` is for engines that know no titles."""

    title: str
    text: str

    @property
    def joined(self) -> str:
        """Title and text as one."""
        return f"{self.title} {self.text}".strip()


class Query(NamedTuple):
    """A query, and the relevance of the documents that were judged for it, by their place."""

    text: str
    gains: dict[int, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, and the queries that have judgements."""

    name: str
    documents: list[Document]
    queries: list[Query]


def collections(folder: Path) -> list[Collection]:
    """Read the collection in the folder, or those in its subfolders; raises UnreadableError."""
    try:
        if _holds_some(folder):
            return [_collection(folder)]
        subfolders = sorted(path for path in folder.iterdir() if path.is_dir())
        if found := [_collection(path) for path in subfolders if _holds_some(path)]:
            return found
    except OSError as error:
        raise UnreadableError(f"{error.filename}: {error.strerror}") from error
    raise UnreadableError(f"{folder}: no {', '.join(FILES)} in it or in a folder of it")


def _holds_some(folder: Path) -> bool:
    return any((folder / name).exists() for name in FILES)


def _collection(folder: Path) -> Collection:
    docs, queries, qrels = (folder / name for name in FILES)
    documents = _entries(docs, ("title", "text"))
    texts = _entries(queries, ("text",))
    places = {id_: place for place, id_ in enumerate(documents)}
    gains: dict[str, dict[int, int]] = {id_: {} for id_ in texts}
    for where, query, document, grade in _judgements(qrels):
        if query not in gains or document not in places:
            raise UnreadableError(f"{where}: no such query or document: {query!r}, {document!r}")
        if places[document] in gains[query]:
            raise UnreadableError(f"{where}: query {query!r} and document {document!r} were judged before")
        gains[query][places[document]] = grade
    judged = [Query(texts[id_][0], judgements) for id_, judgements in gains.items() if judgements]
    if not judged:
        raise UnreadableError(f"{qrels}: no judgement in it")
    return Collection(folder.resolve().name, [Document(*fields) for fields in documents.values()], judged)


def _entries(path: Path, names: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the named fields of each entry by its id."""
    found: dict[str, list[str]] = {}
    for where, line in _lines(path):
        try:
            entry = json.loads(line)
            id_, *fields = (entry[name] for name in ("id", *names))
            for text in (id_, *fields):
                text.encode()  # half a surrogate pair is no text
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise UnreadableError(
                f"{where}: no JSON object with texts {', '.join(('id', *names))}"
            ) from error
        if id_ in found:
            raise UnreadableError(f"{where}: the id {id_!r} is taken")
        found[id_] = fields
    return found


def _judgements(path: Path) -> Iterator[tuple[str, str, str, int]]:
    """Yield place in the file, query, document and grade."""
    lines = _lines(path)
    where, head = next(lines, (f"{path}:1", ""))
    if head != _HEAD:
        raise UnreadableError(
            f"{where}: the first line must be query_id, doc_id, relevance, tabs between them"
        )
    for where, line in lines:
        query, document, grade = (*line.split("\t"), "", "")[:3]
        if line.count("\t") != 2 or not _GRADE.fullmatch(grade):
            raise UnreadableError(f"{where}: not query_id, doc_id and a whole number, tabs between them")
        yield where, query, document, int(grade)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines that are not empty, each with its place for a message."""
    with path.open(encoding="utf-8-sig") as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield f"{path}:{number}", line.rstrip("\n")
        except UnicodeDecodeError as error:
            raise UnreadableError(f"{path}: no UTF-8") from error
