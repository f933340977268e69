"""One paper: its window, its message, its BibTeX. Pure.

Law: a paper of any size fits. What is cut says so, and says where the whole stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.bibtex import entry
from bot.papers import Paper
from bot.slack.buttons import (
    ABSTRACT,
    BIBTEX,
    IN_WINDOW,
    SHARE,
    SIMILAR,
    Alike,
    One,
    Window,
    metadata_of,
)
from bot.slack.commands import EXAMPLES
from bot.slack.mrkdwn import code, link, visible
from bot.slack.render import blocks
from bot.slack.render.blocks import LONGEST_SECTION, Block, Message, View, fit, name, title_link
from bot.wording import address, all_authors, byline, counted, listed, named_id, pieces, shorten, venue

IN_A_WINDOW = 30_000  # characters of an abstract; Slack takes 250 kB a view, and some characters are four
IN_A_MESSAGE = 6_000
IN_A_TEASER = 600
ENTRIES = 6_000  # characters of BibTeX
MOST_ENTRIES = 40
_TITLE, _AUTHORS, _ABOUT, _SOURCES, _ID = 700, 1_400, 300, 900, 60
_NAMED = 20


def paper_window(paper: Paper, loaded: int, kept: Window, *, since: bool = False) -> View:
    """Show a paper whole in a window, with what has been done in it."""
    row = blocks.actions(
        blocks.button("Similar", IN_WINDOW + SIMILAR, Alike(paper.shown_id, 0, loaded)),
        None if kept.bibtex else blocks.button("BibTeX", IN_WINDOW + BIBTEX, One(paper.shown_id, loaded)),
        None if kept.shared else blocks.button("Share here", IN_WINDOW + SHARE, One(paper.shown_id, loaded)),
    )
    parts = (
        *_whole(paper, IN_A_WINDOW),
        _bibtex(paper) if kept.bibtex else None,
        row,
        blocks.context("Shared here.") if kept.shared else None,
        blocks.context(_sources(paper)),
        blocks.reloaded(since=since),
    )
    return blocks.window("Paper", parts, metadata_of(kept))


def paper_message(paper: Paper, loaded: int, *, private: bool, since: bool = False) -> Message:
    """Show a paper whole; `private`: to the asker alone, who may share it."""
    row = blocks.actions(
        *further(paper, loaded),
        blocks.button("Share here", SHARE, One(paper.shown_id, loaded)) if private else None,
    )
    foot = (row, blocks.context(_sources(paper)), blocks.reloaded(since=since))
    return blocks.message(_spoken(paper, IN_A_MESSAGE // 3), [*_whole(paper, IN_A_MESSAGE), *foot])


def further(paper: Paper, loaded: int) -> tuple[Block | None, Block | None]:
    """Return the buttons for what is like a paper, and for its BibTeX."""
    return (
        blocks.button("Similar", SIMILAR, Alike(paper.shown_id, 0, loaded)),
        blocks.button("BibTeX", BIBTEX, One(paper.shown_id, loaded)),
    )


def shared_paper(paper: Paper, loaded: int, person: str, *, since: bool = False) -> Message:
    """Show a paper to the channel: the abstract's beginning, and a button for the rest."""
    title = title_link(paper, _TITLE)
    head = "\n".join(filter(None, (f"*{title}*", fit(byline(paper), _ABOUT))))
    teaser = visible(shorten(paper.abstract, IN_A_TEASER))
    return blocks.message(
        _spoken(paper, IN_A_TEASER),
        [
            blocks.section(head, blocks.button("Abstract", ABSTRACT, One(paper.shown_id, loaded))),
            blocks.passage(teaser) if teaser else None,
            blocks.reloaded(since=since),
            blocks.signature("shared", person),
        ],
    )


def bibliography(papers: Sequence[Paper], unknown: Sequence[str]) -> Message:
    """Show BibTeX entries to be copied, and name what is unknown and what there was no room for."""
    shown: dict[str, str] = {}
    left: list[str] = []
    for paper in papers:
        text = _entry(paper)
        room = ENTRIES - sum(map(len, shown.values()))
        if text and len(text) <= room and len(shown) < MOST_ENTRIES:
            shown[paper.shown_id] = text
        else:
            left.append(paper.shown_id)
    lines = []
    if shown:
        lines.append(f"BibTeX of {counted(len(shown), 'paper')}: {_named(list(shown), 'and')}")
    if left:
        fewer = ": ask for fewer at a time" if shown else ""
        lines.append(f"There was no room for {_named(left)}{fewer}.")
    if unknown:
        ids = "Ids look like 2305.14710 or 2024.naacl-long.171; DOIs and links work as well. For example:"
        lines.append(f"No paper here has the id {_named(unknown)}. {ids} {code(EXAMPLES['bib'])}")
    notes = map(blocks.section, lines)
    return blocks.message(lines, [*notes, *map(blocks.preformatted, shown.values())])


def _whole(paper: Paper, longest: int) -> Iterator[Block]:
    """Yield title, authors, ids and the abstract, of which at most so many characters."""
    head = (f"*{title_link(paper, _TITLE)}*", *_lines(paper))
    yield blocks.section("\n".join(filter(None, head)))
    yield from abstract_of(paper, longest, "in the file named below")


def abstract_of(paper: Paper, longest: int, elsewhere: str) -> Iterator[Block]:
    """Yield at most so many characters of an abstract; `elsewhere` is where the rest is, if not on a page."""
    abstract = paper.abstract
    yield from map(blocks.passage, pieces(visible(shorten(abstract, longest)), LONGEST_SECTION))
    if len(abstract) > longest:
        where = link(address(paper), "on its page") if address(paper) else elsewhere
        length = f"the abstract has {len(abstract):,} characters"
        yield blocks.context(f"Cut here: {length}. The rest is {where}.")


def _lines(paper: Paper) -> tuple[str, str]:
    year = str(paper.year) if paper.year else ""
    who = " · ".join(filter(None, (all_authors(paper, _AUTHORS // 2), year)))
    where = " · ".join(filter(None, (named_id(paper), venue(paper.acl_id))))
    return fit(who, _AUTHORS), fit(where, _ABOUT)


def _spoken(paper: Paper, longest: int) -> list[str]:
    """Return what a notification or a screen reader says of a paper."""
    lines = (name(paper, _TITLE), *_lines(paper), fit(paper.abstract, longest))
    return list(filter(None, lines))


def _bibtex(paper: Paper) -> Block:
    text = _entry(paper)
    return blocks.preformatted(text) if text else blocks.context("Its BibTeX is too long to show.")


def _entry(paper: Paper) -> str:
    """Return the BibTeX; of too many authors the first and others. What is too long is nothing."""
    first = paper.authors[0] if paper.authors else paper.first_author
    for each in (paper, replace(paper, authors=(), first_author=first)):
        told = (each.title, each.first_author, each.url, *each.authors)
        if sum(map(len, told)) <= ENTRIES and len(text := entry(each)) <= ENTRIES:
            return text
    return ""


def _sources(paper: Paper) -> str:
    if not paper.sources:
        return "No longer among the papers that I search."
    places = [
        f"{source.file}, line {source.line:,}" if source.line else source.file for source in paper.sources
    ]
    more = f"; {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return f"Source{'' if len(places) == 1 else 's'}: {fit('; '.join(places[:_NAMED]), _SOURCES)}{more}"


def _named(ids: Sequence[str], joined: str = "or") -> str:
    shown = [fit(each, _ID) for each in ids[:_NAMED]]
    others = [f"{len(ids) - _NAMED} others"] if len(ids) > _NAMED else []
    return listed([*shown, *others], joined)
