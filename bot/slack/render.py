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

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as Slack takes it: its text, and its blocks."""

    text: str
    blocks: tuple[Block, ...]


def results(answer: Answer, asker: str) -> Message:
    """Show the best papers of an answer that has some."""
    head = f"{bold(_query(answer))} · {_tally(answer)}"
    entries = [_entry(rank, found) for rank, found in enumerate(answer.found, 1)]
    titles = [f"{rank}. {plain(each.paper.title[:_TITLE])}" for rank, each in enumerate(answer.found, 1)]
    return Message(
        text="\n".join([head, *titles]),
        blocks=(_section(head), *map(_section, entries), _context(f"asked by {plain(asker)}")),
    )


def nothing_found(answer: Answer, now: datetime) -> Message:
    """Say that no paper has any of the words, and what was searched."""
    words = listed([bold(word) for word in _within(answer.unknown, _WORDS)])
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


def _query(answer: Answer) -> str:
    return shorten(answer.query.text, _WORDS)


def _tally(answer: Answer) -> str:
    some = answer.total - answer.complete
    if len({word.forms for word in answer.query.words}) == 1 or not some:
        single = len({word.forms for word in answer.query.words}) == 1
        return counted(answer.total, "paper") + ("" if single else f" {_has(answer.total)} every word")
    if not answer.complete:
        return f"no paper has every word, {answer.total:,} {_has(answer.total)} some"
    return (
        f"{counted(answer.complete, 'paper')} {_has(answer.complete)} every word, {some:,} {_has(some)} some"
    )


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _entry(rank: int, found: Found) -> str:
    paper = found.paper
    title = f"*{rank}. {link(address(paper), shorten(paper.title, _TITLE))}*"
    about = plain(shorten(byline(paper), _BYLINE))
    if found.missing:
        about += f" · without: {plain(', '.join(_within(found.missing, _WORDS)))}"
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


def _within(words: Iterable[str], longest: int) -> list[str]:
    """Return the words that fit into so many characters, at least a part of the first."""
    kept: list[str] = []
    for word in words:
        if kept and sum(map(len, kept)) + len(word) > longest:
            return [*kept[:-1], kept[-1] + " …"]
        kept.append(shorten(word, longest))
    return kept


def _said(*lines: str) -> Message:
    text = "\n".join(lines)
    return Message(text=text, blocks=(_section(text),))


def _section(text: str) -> Block:
    return {"type": "section", "expand": True, "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
