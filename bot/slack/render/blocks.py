"""What messages and windows are made of. Pure.

Law: text is cut to what Slack takes before it becomes a block, and every text object is verbatim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.papers import Paper
from bot.slack import buttons
from bot.slack.buttons import Subject
from bot.slack.mrkdwn import link, plain, visible
from bot.wording import address, shorten

Block = dict[str, Any]
View = dict[str, Any]

LONGEST_TEXT = 4_000  # of a message's own text: what Slack advises
LONGEST_SECTION = 3_000
LONGEST_LABEL = 75
LONGEST_TITLE = 300  # in a list
_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Message:
    """A message as Slack takes it: its text, and its blocks."""

    text: str
    blocks: tuple[Block, ...]


def message(lines: Sequence[str], blocks: Sequence[Block | None]) -> Message:
    """Make a message of what notifications and screen readers say, and of the blocks there are."""
    text = ""
    for line in lines:
        if len(text) + len(line) >= LONGEST_TEXT:
            break
        text += f"\n{line}" if text else line
    return Message(text=text, blocks=tuple(filter(None, blocks)))


def said(*lines: str) -> Message:
    """Make a message of some lines, which are escaped already."""
    return message(lines, [section("\n".join(lines))])


def window(title: str, blocks: Sequence[Block | None], keeping: str = "") -> View:
    """Make a window (a modal), which keeps its metadata."""
    return {
        "type": "modal",
        "title": words(title),
        "close": words("Close"),
        "private_metadata": keeping,
        "blocks": list(filter(None, blocks)),
    }


def section(text: str, accessory: Block | None = None) -> Block:
    """Make a paragraph."""
    return {
        "type": "section",
        "expand": True,
        "text": mrkdwn(text),
        **({"accessory": accessory} if accessory else {}),
    }


def passage(text: str) -> Block:
    """Make a paragraph in which nothing is markup."""
    return {"type": "section", "expand": True, "text": words(text)}


def context(text: str) -> Block:
    """Make a line of small print; without text there is none."""
    return {"type": "context", "elements": [mrkdwn(text)]}


def preformatted(text: str) -> Block:
    """Make text that is copied as it stands."""
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": visible(text)}]}
        ],
    }


def actions(*elements: Block | None) -> Block | None:
    """Make a row of the buttons there are; Slack takes no empty one."""
    there = list(filter(None, elements))
    return {"type": "actions", "elements": there} if there else None


def button(label: str, action: str, subject: Subject) -> Block | None:
    """Make a button; for what does not fit its value there is none."""
    value = buttons.value_of(subject)
    if value is None:
        return None
    text = words(shorten(label, LONGEST_LABEL))
    return {"type": "button", "action_id": action, "text": text, "value": value}


def mrkdwn(text: str) -> Block:
    """Make a text with markup."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def words(text: str) -> Block:
    """Make a text without markup."""
    return {"type": "plain_text", "text": visible(text), "emoji": False}


def fit(text: str, longest: int) -> str:
    """Return the text as Slack shall show it, cut so that it takes at most so many characters to send."""
    text = text[: _AHEAD * longest]  # so that a text of megabytes costs no more than its beginning
    shown, room = plain(text), longest
    while len(shown) > longest:  # an entity is up to five characters, so a few turns are enough
        shown, room = plain(shorten(text, room)), room * 3 // 4
    return shown


def name(paper: Paper, longest: int) -> str:
    """Return the paper's title as Slack shall show it; where nothing of it shows, its id."""
    return fit(paper.title, longest) or fit(paper.shown_id, longest)


def title_link(paper: Paper, longest: int) -> str:
    """Return the paper's title as a link to where it can be read, if that is known."""
    return link(address(paper), name(paper, longest))


def signature(deed: str, person: str) -> Block | None:
    """Say who asked or shared; nobody is mentioned, for that would ping them."""
    return context(f"{deed} by {fit(person, 80)}") if person.strip() else None


def reloaded(*, since: bool) -> Block | None:
    """Say that the papers changed under a button, if they did."""
    return context("The papers have been loaded anew since that was shown.") if since else None
