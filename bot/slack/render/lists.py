"""Lists of papers: what a search found, and what is like a paper. Pure.

Law: a list for the channel never changes; a list for one person has pages, and Share here.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.library import Answer, Found, Similar, Suggestion
from bot.search.snippet import Run
from bot.slack.buttons import (
    ABSTRACT,
    IN_WINDOW,
    MORE,
    NEXT,
    PREVIOUS,
    SEARCH,
    SHARE,
    Alike,
    One,
    Results,
    Window,
    metadata_of,
)
from bot.slack.mrkdwn import bold, plain
from bot.slack.render import blocks
from bot.slack.render.blocks import Block, Message, View, fit, name, title_link
from bot.wording import ago, byline, counted, every, listed

PAGE = 5  # papers
WINDOW_PAGE = 10
_TITLE = 300
_BYLINE = 200
_WORDS = 200
_WORD = 100
_NAMED = 10  # unknown words that are named

Listing = Answer | Similar


def results(listing: Listing, person: str, deed: str = "asked", *, since: bool = False) -> Message:
    """Show a list that has papers to everybody; `person` asked for it or shared it."""
    more = blocks.button("More results", MORE, _page(listing, PAGE)) if _goes_on(listing, PAGE) else None
    foot = (blocks.actions(more), blocks.reloaded(since=since), blocks.signature(deed, person))
    return _message(listing, foot)


def page(listing: Listing, *, since: bool = False) -> Message:
    """Show a page of a list, be it the first, to the asker alone; one without a paper has no buttons."""
    suggested = isinstance(listing, Answer) and not listing.skip and _search_button(listing)
    row = (
        suggested or None,
        *_turning(listing, PAGE),
        blocks.button("Share here", SHARE, _page(listing, 0)),
    )
    return _message(listing, (blocks.actions(*row) if listing.found else None, blocks.reloaded(since=since)))


def similar_window(similar: Similar, kept: Window, *, since: bool = False) -> View:
    """Show a page of the papers like one in a window."""
    rows = (
        blocks.section(
            f"{rank}. {title_link(each.paper, _TITLE)}\n{_about(each)}", _abstract(each, similar, IN_WINDOW)
        )
        for rank, each in enumerate(similar.found, similar.skip + 1)
    )
    turning = blocks.actions(*_turning(similar, WINDOW_PAGE, IN_WINDOW))
    foot = (turning, blocks.reloaded(since=since))
    return blocks.window("Similar papers", [blocks.section(_head(similar)), *rows, *foot], metadata_of(kept))


def nothing_found(answer: Answer, now: datetime) -> Message:
    """Say that no paper has any of the words, what was searched, and what would find something."""
    lines = list(filter(None, (_nothing(answer, now), _did_you_mean(answer.suggestion))))
    row = blocks.actions(_search_button(answer))
    return blocks.message(lines, [blocks.section("\n".join(lines)), row])


def loaded(listing: Listing) -> int:
    """Return when the corpus of a list was loaded, as buttons have it: in Unix seconds."""
    return int(listing.loaded_at.timestamp())


def _message(listing: Listing, foot: Iterable[Block | None]) -> Message:
    head = _head(listing)
    entries = (
        blocks.section(_entry(rank, each), _abstract(each, listing))
        for rank, each in enumerate(listing.found, listing.skip + 1)
    )
    titles = (
        f"{rank}. {name(each.paper, _TITLE)}" for rank, each in enumerate(listing.found, listing.skip + 1)
    )
    return blocks.message([head, *titles], [blocks.section(head), *entries, *foot])


def _head(listing: Listing) -> str:
    return "\n".join(_answer_head(listing) if isinstance(listing, Answer) else _similar_head(listing))


def _answer_head(answer: Answer) -> Iterator[str]:
    yield f"*{fit(answer.query.text, _WORDS)}* · {_range(answer) if answer.skip else _tally(answer)}"
    if answer.skip:
        return
    if answer.weak:
        yield "No paper has even half of that; these are the nearest."
    if suggested := _did_you_mean(answer.suggestion):
        yield suggested


def _similar_head(similar: Similar) -> Iterator[str]:
    title = f"*{title_link(similar.paper, _TITLE)}*"
    yield f"Like {title} · {_range(similar)}" if similar.found else f"No other paper is like {title}."


def _range(listing: Listing) -> str:
    """Return which places of the whole list these are: `6–10 of 130`."""
    return f"{listing.skip + 1:,}–{listing.skip + len(listing.found):,} of {listing.total:,}"


def _tally(answer: Answer) -> str:
    if len({word.forms for word in answer.query.words}) <= 1:
        return counted(answer.total, "paper")
    some = answer.total - answer.complete
    if not some:
        return f"{counted(answer.total, 'paper')} {_has(answer.total)} every word"
    if not answer.complete:
        return f"no paper has every word, {answer.total:,} {_has(answer.total)} some"
    return (
        f"{counted(answer.complete, 'paper')} {_has(answer.complete)} every word, {some:,} {_has(some)} some"
    )


def _nothing(answer: Answer, now: datetime) -> str:
    age = ago(max(now - answer.loaded_at, timedelta(0)))
    corpus = f"{counted(answer.corpus_size, 'paper')}, loaded {age}"
    named = [f"*{shown}*" for word in answer.unknown[:_NAMED] if (shown := fit(word, _WORD))]
    if not named:  # every word is in some paper, but a field, a phrase or an exclusion lets none through
        return f"No paper matches *{fit(answer.query.text, _WORDS)}* ({corpus})."
    others = len(answer.unknown) - _NAMED
    words = listed(named) + (f" or {others} others" if others > 0 else "")
    return f"No paper has {words} ({corpus})."


def _did_you_mean(suggestion: Suggestion | None) -> str:
    if suggestion is None:
        return ""
    number = suggestion.complete or suggestion.total
    what = every(suggestion.words) if suggestion.complete else "some of the words"
    found = f"{counted(number, 'paper')} {_has(number)} {what}."
    return f"Did you mean *{fit(suggestion.text, _WORDS)}*? {found}"


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _search_button(answer: Answer) -> Block | None:
    if answer.suggestion is None:
        return None
    subject = Results(answer.suggestion.text, 0, loaded(answer))
    return blocks.button(f"Search {answer.suggestion.text}", SEARCH, subject)


def _turning(listing: Listing, size: int, where: str = "") -> tuple[Block | None, Block | None]:
    """Return the buttons that turn the pages; a first page says what comes, a later one where it goes."""
    following = "Next" if listing.skip or where else "More results"
    return (
        blocks.button("Previous", where + PREVIOUS, _page(listing, -size)) if listing.skip else None,
        blocks.button(following, where + NEXT, _page(listing, size)) if _goes_on(listing, size) else None,
    )


def _goes_on(listing: Listing, size: int) -> bool:
    return listing.total > listing.skip + size


def _page(listing: Listing, step: int) -> Results | Alike:
    skip = max(0, listing.skip + step)
    if isinstance(listing, Answer):
        return Results(listing.query.text, skip, loaded(listing))
    return Alike(listing.paper.shown_id, skip, loaded(listing))


def _abstract(found: Found, listing: Listing, where: str = "") -> Block | None:
    return blocks.button("Abstract", where + ABSTRACT, One(found.paper.shown_id, loaded(listing)))


def _entry(rank: int, found: Found) -> str:
    lines = (f"*{rank}. {title_link(found.paper, _TITLE)}*", _about(found), _passage(found.snippet))
    return "\n".join(filter(None, lines))


def _about(found: Found) -> str:
    missing = f" · without: {fit(', '.join(found.missing), _WORDS)}" if found.missing else ""
    return fit(byline(found.paper), _BYLINE) + missing


def _passage(runs: Iterable[Run]) -> str:
    """Join the runs of a snippet; blanks at a run's ends stay, for `plain` folds them away."""
    shown = ""
    for run in runs:
        if run.matched:
            shown += bold(run.text)
        else:
            before, after = run.text[:1].isspace(), run.text[-1:].isspace()
            shown += f"{' ' * before}{plain(run.text)}{' ' * (after and not run.text.isspace())}"
    return shown
