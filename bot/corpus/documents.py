"""The text of a page → records and problems. Pure, and it never raises."""

from collections.abc import Iterator

from bot.corpus.catalog import Catalog, Entry
from bot.corpus.furniture import without_button
from bot.corpus.layouts import recognise
from bot.corpus.lines import NO_WORDS, Found, Line, Stray, content, split
from bot.corpus.mend import mend
from bot.corpus.sentences import first_sentence
from bot.papers import Problem, Record, Source, TitleOrigin


def parse(file_name: str, text: str, catalog: Catalog) -> Iterator[Record | Problem]:
    """Yield the papers of a text and what could not be read of it, in the order of their lines.

    Bytes that were not UTF-8 are expected as lone surrogates (`errors="surrogateescape"`). Each line that is
    neither blank nor furniture becomes a record, its title, or a problem; a title whose abstract cannot be
    read has the abstract's problem. A text of no known layout is one problem, at line 0.
    """
    lines = split(text)
    readable = tuple(line for line in lines if line.fault != NO_WORDS)
    layout = recognise(readable)
    if layout is None:
        yield Problem(file_name, 0, _why_unknown(lines))
        return
    found: list[Record | Problem] = [
        Problem(file_name, line.number, line.fault) for line in lines if line.fault == NO_WORDS
    ]
    for part in layout.read(readable):
        found.extend(_judged(file_name, part, catalog))
    yield from sorted(found, key=_line_of)


def _why_unknown(lines: tuple[Line, ...]) -> str:
    if not lines:
        return "the file is empty"
    if not content(lines):
        return "the page holds no paper"
    if len(lines) == 1 and lines[0].fault:
        return f"its one line is {lines[0].fault}"
    return "the layout is not known: neither titles with abstracts nor abstracts, one a line"


def _judged(file_name: str, part: Found | Stray, catalog: Catalog) -> Iterator[Record | Problem]:
    if isinstance(part, Stray):
        yield Problem(file_name, part.line.number, part.line.fault or part.reason)
        return
    title = part.title
    if title and title.fault:
        yield Problem(file_name, title.number, title.fault)
        title = None
    if part.abstract.fault:
        yield Problem(file_name, part.abstract.number, part.abstract.fault)
    else:
        yield _record(file_name, part.abstract, title, catalog)


def _record(file_name: str, line: Line, page_title: Line | None, catalog: Catalog) -> Record:
    entry = catalog.of(line.text) or Entry()
    abstract = mend(line.text)
    if page_title:
        title, origin = mend(without_button(page_title.text)), TitleOrigin.PAGE
    elif entry.title:
        title, origin = entry.title, TitleOrigin.CATALOG
    else:
        title, origin = first_sentence(abstract), TitleOrigin.SENTENCE
    return Record(
        title=title,
        title_origin=origin,
        abstract=abstract,
        first_author=entry.first_author,
        authors=entry.authors,
        year=entry.year,
        arxiv_id=entry.arxiv_id,
        acl_id=entry.acl_id,
        doi=entry.doi,
        url=entry.url,
        source=Source(file_name, line.number),
    )


def _line_of(result: Record | Problem) -> int:
    return result.line if isinstance(result, Problem) else result.source.line
