"""The first lines of a list: what was asked, and what came of it. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.answers import Answer, Similar, Suggestion
from bot.slack.render.blocks import LONGEST_TITLE, fit, title_link
from bot.wording import ago, counted, every, listed

LONGEST_QUERY = 200
_WORD = 100
_NAMED = 10  # unknown words that are named

Listing = Answer | Similar


def head(listing: Listing) -> str:
    """Return what stands above a list."""
    return "\n".join(_answer_head(listing) if isinstance(listing, Answer) else _similar_head(listing))


def _answer_head(answer: Answer) -> Iterator[str]:
    yield f"*{fit(answer.query.text, LONGEST_QUERY)}* · {_range(answer) if answer.skip else _tally(answer)}"
    if answer.skip:
        return
    if answer.weak:
        yield "No paper has even half of that; these are the nearest."
    if suggested := did_you_mean(answer.suggestion):
        yield suggested


def _similar_head(similar: Similar) -> Iterator[str]:
    title = f"*{title_link(similar.paper, LONGEST_TITLE)}*"
    yield f"Like {title} · {_range(similar)}" if similar.found else f"No other paper is like {title}."


def _range(listing: Listing) -> str:
    """Return which places of the whole list these are: `6–10 of 130`, `6 of 6`."""
    first, last = listing.skip + 1, listing.skip + len(listing.found)
    return f"{first:,} of {listing.total:,}" if first == last else f"{first:,}–{last:,} of {listing.total:,}"


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


def nothing(answer: Answer, now: datetime) -> str:
    """Return that no paper matches, why, and what was searched."""
    age = ago(max(now - answer.loaded_at, timedelta(0)))
    corpus = f"{counted(answer.corpus_size, 'paper')}, loaded {age}"
    named = [f"*{shown}*" for word in answer.unknown[:_NAMED] if (shown := fit(word, _WORD))]
    if not named:  # every word is in some paper, but a field, a phrase or an exclusion lets none through
        return f"No paper matches *{fit(answer.query.text, LONGEST_QUERY)}* ({corpus})."
    others = len(answer.unknown) - _NAMED
    words = listed(named) + (f" or {others} others" if others > 0 else "")
    return f"No paper has {words} ({corpus})."


def did_you_mean(suggestion: Suggestion | None) -> str:
    """Return what would find more and how much, or nothing."""
    if suggestion is None:
        return ""
    number = suggestion.complete or suggestion.total
    what = every(suggestion.words) if suggestion.complete else "some of the words"
    found = f"{counted(number, 'paper')} {_has(number)} {what}."
    return f"Did you mean *{fit(suggestion.text, LONGEST_QUERY)}*? {found}"


def _has(number: int) -> str:
    return "has" if number == 1 else "have"
