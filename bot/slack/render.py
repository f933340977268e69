"""Answers → messages. Pure: the same answer gives the same message, and nothing is sent.

Law: a message stays within Slack's limits whatever the papers and queries hold, and says in `text`, which
notifications and screen readers use, what its blocks say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.library import Answer, Found
from bot.search.snippet import Run
from bot.slack.mrkdwn import bold, code, link, plain
from bot.wording import address, ago, byline, counted, listed, shorten

_TITLE = 300
_BYLINE = 200
_WORDS = 200
_NAME = 80
_NAMED = 10  # unknown words that are named

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as Slack takes it: its text, and its blocks."""

    text: str
    blocks: tuple[Block, ...]


def results(answer: Answer, asker: str) -> Message:
    """Show the best papers of an answer that has some."""
    head = f"*{_fit(answer.query.text, _WORDS)}* · {_tally(answer)}"
    entries = [_entry(rank, found) for rank, found in enumerate(answer.found, 1)]
    titles = [f"{rank}. {_fit(each.paper.title, _TITLE)}" for rank, each in enumerate(answer.found, 1)]
    return Message(
        text="\n".join([head, *titles]),
        blocks=(_section(head), *map(_section, entries), *_signature(asker)),
    )


def nothing_found(answer: Answer, now: datetime) -> Message:
    """Say that no paper has any of the words, and what was searched."""
    words = listed([bold(shorten(word, _WORDS)) for word in answer.unknown[:_NAMED]])
    if len(answer.unknown) > _NAMED:
        words += f" or {len(answer.unknown) - _NAMED} others"
    corpus = (
        f"{counted(answer.corpus_size, 'paper')}, loaded {ago(max(now - answer.loaded_at, timedelta(0)))}"
    )
    return _said(f"No paper has {words} ({corpus}).")


def help_page(topic: str, corpus_size: int) -> Message:
    """Explain /paper by examples."""
    if topic == "search":
        return _said(
            "*Searching.* Type words of a title, a topic, a method or a name; the best 5 papers answer.",
            "Any of the words may match; papers that have the rarer words come first. `without:` names the"
            " words that a paper does not have.",
            "Endings, accents, hyphens and capitals do not matter: `finetune` and `Fine Tuning` both find"
            " fine-tuned, `tulu` finds TÜLU.",
            f"{code('/paper search help wanted')} a search, even if it begins like a command",
        )
    return _said(
        f"*Paperboy* searches {counted(corpus_size, 'paper')}.",
        f"{code('/paper backdoor instruction tuning')} the best 5, for the channel",
        f"{code('/paper --me lora moe')} the same, for you alone",
        f"{code('/paper search help wanted')} a search, whatever the words are",
        f"More: {code('/paper help search')}",
    )


def refusal(message: str) -> Message:
    """Say what the asker can mend."""
    return _said(plain(message))


def fault(reference: str) -> Message:
    """Apologise for a fault of ours; the log knows the reference."""
    return _said(
        "Sorry, that went wrong, and it is not your doing. Please try again; if it happens again,"
        f" tell whoever runs Paperboy this code: {code(reference)}"
    )


def unknown_command(command: str) -> Message:
    """Answer a slash command that Slack sends here, though it is none of ours."""
    return _said(f"I do not know {code(shorten(command, 40))}. Try {code('/paper help')}.")


def outdated() -> Message:
    """Answer a button or form that this version does not know."""
    return _said(f"That belongs to another version of me. Ask again with {code('/paper')}, please.")


def _tally(answer: Answer) -> str:
    if len({word.forms for word in answer.query.words}) == 1:
        return counted(answer.total, "paper")
    some = answer.total - answer.complete
    if not some:
        return f"{counted(answer.total, 'paper')} {_has(answer.total)} every word"
    if not answer.complete:
        return f"no paper has every word, {answer.total:,} {_has(answer.total)} some"
    return (
        f"{counted(answer.complete, 'paper')} {_has(answer.complete)} every word, {some:,} {_has(some)} some"
    )


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _entry(rank: int, found: Found) -> str:
    paper = found.paper
    title = f"*{rank}. {link(address(paper), _fit(paper.title, _TITLE))}*"
    about = _fit(byline(paper), _BYLINE)
    if found.missing:
        about += f" · without: {_fit(', '.join(found.missing), _WORDS)}"
    return "\n".join(filter(None, (title, about, _passage(found.snippet))))


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


def _fit(text: str, longest: int) -> str:
    """Return the text as Slack shall show it, cut so that it takes at most so many characters to send."""
    shown, room = plain(text), longest
    while len(shown) > longest:  # an entity is up to five characters, so a few turns are enough
        shown, room = plain(shorten(text, room)), room * 3 // 4
    return shown


def _signature(asker: str) -> tuple[Block, ...]:
    return (_context(f"asked by {_fit(asker, _NAME)}"),) if asker else ()


def _said(*lines: str) -> Message:
    text = "\n".join(lines)
    return Message(text=text, blocks=(_section(text),))


def _section(text: str) -> Block:
    return {"type": "section", "expand": True, "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
