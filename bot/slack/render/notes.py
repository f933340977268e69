"""Refusals, failures and other words to one person. Pure."""

from bot.errors import UserError
from bot.search.query import LONGEST_QUERY
from bot.slack.asked import Slip, UsageError
from bot.slack.buttons import Alike, One, Results, Subject
from bot.slack.commands import EXAMPLES
from bot.slack.mrkdwn import code
from bot.slack.render import blocks
from bot.slack.render.blocks import Block, Message, View, fit, said
from bot.wording import counted, shorten

_TYPED = LONGEST_QUERY + 30  # characters of a line: a query, and the longest command before it
_LINE = 1_300  # as Slack takes it; two fit into a section
_SENTENCE = 1_600
_NOTE = "note"


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
    return said(fit(sentence, _SENTENCE) + (f" {_whole(line)}" if line else ""))


def refused(error: UserError) -> Message:
    """Say why something is not done, and a line that works if there is one."""
    return refusal(error.message, error.line if isinstance(error, UsageError) else "")


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


def untold(line: Message, *, surely: bool) -> Message:
    """Say that a deed is done, and `surely` not told to the channel, or perhaps not."""
    why = "the channel could not be told" if surely else "Slack did not say whether it told the channel"
    sentence = f"That is done, but {why}:"
    return blocks.message([sentence, line.text], [blocks.section(sentence), *line.blocks])


def open_form(button: Block | None, what: str) -> Message:
    """Offer the button that opens a form, where no window can be opened at once."""
    return blocks.message([what], [blocks.section(what), blocks.actions(button)])


def not_skipped(number: int) -> Message:
    """Answer a press of Skip these where nothing is left to skip."""
    return said(f"Topic {number} already brings only papers that arrived since it was added.")


def notice(message: Message) -> View:
    """Show a message in a window."""
    return blocks.window("Paperboy", message.blocks)


def with_note(view: View, message: Message) -> View:
    """Show a window as it is, and a message under it, in place of an earlier one."""
    kept = [block for block in view["blocks"] if block.get("block_id") != _NOTE]
    note = {**blocks.context(message.text), "block_id": _NOTE}
    return blocks.again(view, [*kept, note])


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
    return _whole(f"/paper {line}")


def _whole(line: str) -> str:
    """Return a line to type, never cut, for then it would do something else; for one too long an example."""
    if len(line) <= _TYPED and len(shown := code(line)) <= _LINE:
        return shown
    return code(EXAMPLES.get(line.removeprefix("/paper ").partition(" ")[0].lower(), "/paper help"))
