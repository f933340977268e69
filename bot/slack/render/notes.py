"""Refusals, failures and other words to one person. Pure."""

from bot.slack.asked import Slip
from bot.slack.buttons import Alike, One, Results, Subject
from bot.slack.commands import EXAMPLES
from bot.slack.mrkdwn import code
from bot.slack.render import blocks
from bot.slack.render.blocks import Block, Message, View, fit, said
from bot.wording import counted, shorten

_LINE = 200
_SENTENCE = 2_000
_NOTE = "note"
_OWN = ("type", "title", "submit", "close", "private_metadata", "callback_id")


def slip(command: Slip) -> Message:
    """Offer the command that was probably meant, and the search that was not done."""
    alone = "--me " if command.private else ""
    return said(
        f"Did you mean {_typed(alone + command.meant)}?",
        f"To search for these words all the same: {_typed(f'{alone}search {command.said}')}",
    )


def welcome(corpus_size: int) -> Message:
    """Greet somebody who opens the app's messages for the first time."""
    return said(
        f"I search {counted(corpus_size, 'paper')} and bring channels the new ones.",
        f"In any channel: {code('/paper backdoor instruction tuning')}",
        f"Or tell me here what you are looking for. More: {code('/paper help')}",
    )


def invited() -> Message:
    """Tell whoever invited the bot what works now."""
    return said(f"Ready. Follow a topic here: {code(EXAMPLES['subscribe'])}")


def refusal(sentence: str, line: str = "") -> Message:
    """Say what the asker can mend, and a line that works."""
    example = f" {code(shorten(line, _LINE))}" if line else ""
    return said(fit(sentence, _SENTENCE) + example)


def fault(reference: str) -> Message:
    """Apologise for a fault of ours; the log knows the reference."""
    return said(
        "Sorry, that went wrong, and it is not your doing. Please try again; if it happens again,"
        f" tell whoever runs Paperboy this code: {code(reference)}"
    )


def unknown_command(command: str) -> Message:
    """Answer a slash command that Slack sends here, though it is none of ours."""
    return said(f"I do not know {code(shorten(command, 40))}. Try {code('/paper help')}.")


def outdated() -> Message:
    """Answer a button or form that this version does not know."""
    return said(f"That belongs to another version of me. Ask again with {code('/paper')}, please.")


def not_opened() -> Message:
    """Answer a press for which Slack opened no window, or did not say whether it did."""
    return said("If no window opened: Slack did not let me open it. Please press the button again.")


def not_changed() -> Message:
    """Answer a press after which a window is as it was, or nobody knows whether it is."""
    return said(
        "If the window did not change: Slack did not let me change it. Please press the button again."
    )


def not_shared(subject: Subject) -> Message:
    """Answer a press of Share here in a window whose right to post has ended."""
    return said(
        "I cannot share from this window any more: Slack allows that for 30 minutes and five posts.",
        f"Ask again with {_again(subject)} and share from there.",
    )


def not_let() -> Message:
    """Answer a press of Share here after which Slack refused to post."""
    return said("Slack does not let me post here.")


def unsure(subject: Subject) -> Message:
    """Answer a press that posts for the channel, where nobody knows whether it did, now or before."""
    return said(
        "That may be in the channel already: I began to post it, and Slack did not say whether it took it.",
        f"Please look. If it is not there, ask again with {_again(subject)}.",
    )


def uncertain() -> Message:
    """Answer a command after which nobody knows whether Slack posted."""
    return said(
        "Slack did not say whether it posted that, and I do not want to post it twice."
        f" If you cannot see it, please ask again with {code('/paper')}."
    )


def unseen() -> Message:
    """Answer a deed after which nobody knows whether Slack showed the asker what they asked for."""
    return said("If you see no answer: Slack did not say whether it took it. Please try again.")


def busy() -> Message:
    """Answer a deed for which Slack took nothing, for there was too much of late."""
    return said("Slack is busy; please try again in a minute.")


def untold(line: Message) -> Message:
    """Say that a deed is done, though Slack did not say that it told the channel."""
    sentence = "That is done, but Slack did not say whether it told the channel:"
    return blocks.message([sentence, line.text], [blocks.section(sentence), *line.blocks])


def open_form(button: Block | None, what: str) -> Message:
    """Offer the button that opens a form, where no window can be opened at once."""
    return blocks.message([what], [blocks.section(what), blocks.actions(button)])


def skipped(number: int) -> Message:
    """Say that a topic brings only what is new to it."""
    return said(f"Topic {number} brings only papers that arrive from now on.")


def notice(message: Message) -> View:
    """Show a message in a window."""
    return blocks.window("Paperboy", message.blocks)


def with_note(view: View, message: Message) -> View:
    """Show a window as it is, and a message under it, in place of an earlier one."""
    kept = [block for block in view["blocks"] if block.get("block_id") != _NOTE]
    note = {**blocks.context(message.text), "block_id": _NOTE}
    return {**{name: view[name] for name in _OWN if view.get(name)}, "blocks": [*kept, note]}


def _again(subject: Subject) -> str:
    """Return the command that asks for what a button stands for."""
    match subject:
        case Results(query):
            return _typed(f"search {query}")
        case One(paper):
            return _typed(f"show {paper}")
        case Alike(like):
            return _typed(f"similar {like}")


def _typed(line: str) -> str:
    return code(f"/paper {shorten(line, _LINE)}")
