"""What messages and windows are made of. Pure.

Law: text is cut to what Slack takes before it becomes a block, and every text object is verbatim.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.papers import Paper
from bot.search.snippet import Run
from bot.slack import buttons
from bot.slack.buttons import Pressed
from bot.slack.mrkdwn import bold, link, plain, visible
from bot.wording import address, shorten

Block = dict[str, Any]
View = dict[str, Any]

LONGEST_TEXT = 4_000  # of a message's own text: what Slack advises
LONGEST_SECTION = 3_000
LONGEST_BLOCKS = 9_900  # of all text in the blocks of a message; Slack refuses about 13,200
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


def again(view: View, blocks: Sequence[Block]) -> View:
    """Make a window that is on the screen anew, with these blocks."""
    own = ("type", "title", "submit", "close", "private_metadata", "callback_id")
    return {**{name: view[name] for name in own if view.get(name)}, "blocks": list(blocks)}


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


def button(label: str, action: str, subject: Pressed) -> Block | None:
    """Make a button; for what does not fit its value there is none."""
    value = buttons.value_of(subject)
    if value is None:
        return None
    text = words(shorten(label, LONGEST_LABEL))
    return {"type": "button", "action_id": action, "text": text, "value": value}


def bare_button(label: str, action: str) -> Block:
    """Make a button that needs to hold nothing: where it is pressed says all."""
    return {"type": "button", "action_id": action, "text": words(shorten(label, LONGEST_LABEL))}


def menu(action: str, choices: Mapping[str, Pressed]) -> Block:
    """Make a ⋯ menu of at most five choices, by what is said of each."""
    options = [{"text": words(text), "value": buttons.value_of(subject)} for text, subject in choices.items()]
    return {"type": "overflow", "action_id": action, "options": options}


def mrkdwn(text: str) -> Block:
    """Make a text with markup."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def words(text: str) -> Block:
    """Make a text without markup."""
    return {"type": "plain_text", "text": visible(text), "emoji": False}


def fit(text: str, longest: int, style: Callable[[str], str] = plain) -> str:
    """Return the text as Slack shall show it, cut so that it takes at most so many characters to send."""
    text = text[: _AHEAD * longest]  # so that a text of megabytes costs no more than its beginning
    shown, room = style(text), longest
    while len(shown) > longest:  # an entity is up to five characters, so a few turns are enough
        shown, room = style(shorten(text, room)), room * 3 // 4
    return shown


def name(paper: Paper, longest: int) -> str:
    """Return the paper's title as Slack shall show it; where nothing of it shows, its id."""
    return fit(paper.title, longest) or fit(paper.shown_id, longest)


def title_link(paper: Paper, longest: int) -> str:
    """Return the paper's title as a link to where it can be read, if that is known."""
    return link(address(paper), name(paper, longest))


def passage_of(runs: Iterable[Run]) -> str:
    """Join the runs of a snippet; blanks at a run's ends stay, for `plain` folds them away."""
    shown = ""
    for run in runs:
        if run.matched:
            shown += bold(run.text)
        else:
            before, after = run.text[:1].isspace(), run.text[-1:].isspace()
            shown += f"{' ' * before}{plain(run.text)}{' ' * (after and not run.text.isspace())}"
    return shown


def size(shown: Any) -> int:
    """Return how many characters of text blocks hold, which Slack limits for a message as a whole."""
    if isinstance(shown, dict):
        own = shown.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(map(size, shown.values()))
    return sum(map(size, shown)) if isinstance(shown, list | tuple) else 0


def signature(deed: str, person: str) -> Block | None:
    """Say who asked or shared; nobody is mentioned, for that would ping them."""
    return context(f"{deed} by {fit(person, 80)}") if person.strip() else None


def reloaded(*, since: bool) -> Block | None:
    """Say that the papers changed under a button, if they did."""
    return context("The papers have been loaded anew since that was shown.") if since else None
