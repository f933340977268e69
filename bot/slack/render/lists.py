"""Lists of papers: what a search found, and what is like a paper. Pure.

Law: a list for the channel never changes; a list for one person has pages, and Share here.
"""

from collections.abc import Iterable
from datetime import datetime

from bot.answers import Answer, Found, Similar
from bot.slack.buttons import IN_WINDOW, Window, metadata_of
from bot.slack.mrkdwn import link
from bot.slack.render import blocks, pager
from bot.slack.render.blocks import (
    LONGEST_TITLE,
    Block,
    Message,
    View,
    fit,
    name,
    passage_of,
    title_link,
)
from bot.slack.render.heads import LONGEST_QUERY, Listing, did_you_mean, head, nothing
from bot.wording import address, byline

PAGE = 5  # papers
WINDOW_PAGE = 10
_BYLINE = 200


def results(listing: Listing, person: str, deed: str = "asked", *, since: bool = False) -> Message:
    """Show a list that has papers to everybody; `person` asked for it or shared it."""
    row = blocks.actions(pager.more(listing, PAGE), pager.follow(listing))
    return _message(listing, (row, blocks.reloaded(since=since), blocks.signature(deed, person)))


def page(listing: Listing, *, since: bool = False) -> Message:
    """Show a page of a list, be it the first, to the asker alone; one without a paper has no buttons."""
    row = blocks.actions(pager.suggested(listing), *pager.turning(listing, PAGE), pager.share(listing))
    return _message(listing, (row if listing.found else None, blocks.reloaded(since=since)))


def similar_window(similar: Similar, kept: Window, *, since: bool = False) -> View:
    """Show a page of the papers like one in a window."""
    rows = (
        blocks.section(
            f"{rank}. {title_link(each.paper, LONGEST_TITLE)}\n{_about(each)}",
            pager.abstract(each, similar, IN_WINDOW),
        )
        for rank, each in enumerate(similar.found, similar.skip + 1)
    )
    turning = blocks.actions(*pager.turning(similar, WINDOW_PAGE, IN_WINDOW))
    foot = (turning, blocks.reloaded(since=since))
    return blocks.window("Similar papers", [blocks.section(head(similar)), *rows, *foot], metadata_of(kept))


def nothing_found(answer: Answer, now: datetime) -> Message:
    """Say that no paper has any of the words, what was searched, and what would find something."""
    lines = list(filter(None, (nothing(answer, now), did_you_mean(answer.suggestion))))
    row = blocks.actions(pager.suggested(answer))
    return blocks.message(lines, [blocks.section("\n".join(lines)), row])


def _message(listing: Listing, foot: Iterable[Block | None]) -> Message:
    lines = [head(listing)]
    entries = [blocks.section(lines[0])]
    for rank, each in enumerate(listing.found, listing.skip + 1):
        title = name(each.paper, LONGEST_TITLE)
        lines.append(f"{rank}. {title}")
        entries.append(blocks.section(_entry(rank, each, title), pager.abstract(each, listing)))
    return blocks.message(lines, [*entries, *foot])


def _entry(rank: int, found: Found, title: str) -> str:
    linked = f"*{rank}. {link(address(found.paper), title)}*"
    return "\n".join(filter(None, (linked, _about(found), passage_of(found.snippet))))


def _about(found: Found) -> str:
    missing = f" · without: {fit(', '.join(found.missing), LONGEST_QUERY)}" if found.missing else ""
    return fit(byline(found.paper), _BYLINE) + missing
