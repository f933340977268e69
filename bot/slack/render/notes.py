"""Help, refusals and other words to one person. Pure."""

from bot.slack.commands import Slip
from bot.slack.mrkdwn import code
from bot.slack.render import blocks
from bot.slack.render.blocks import Message, View, fit, said
from bot.wording import counted, shorten

_LINE = 200
_SENTENCE = 2_000


def help_page(topic: str, corpus_size: int) -> Message:
    """Explain /paper by examples."""
    if topic == "search":
        return said(
            "*Searching.* Type words of a title, a topic, a method or a name; the best 5 papers answer.",
            "Any of the words may match; papers that have the rarer words come first. `without:` names the"
            " words that a paper does not have.",
            "Endings, accents, hyphens and capitals do not matter: `finetune` and `Fine Tuning` both find"
            " fine-tuned, `tulu` finds TÜLU.",
            '`/paper "length bias" reward` a phrase: these words, in this order',
            f"{code('/paper lora -survey')} no paper with this word",
            f"{code('/paper title:backdoor')} in the title; `author:` and `source:` likewise",
            f"{code('/paper author:xu year:2022..2024')} of these years; `year:2023` of one",
            f"{code('/paper show 2305.14710')} a paper by its id, or by a link to arXiv or the ACL Anthology",
            f"{code('/paper search help wanted')} a search, even if it begins like a command",
        )
    return said(
        f"*Paperboy* searches {counted(corpus_size, 'paper')}.",
        f"{code('/paper backdoor instruction tuning')} the best 5, for the channel",
        f"{code('/paper --me lora moe')} the same, for you alone",
        '`/paper "length bias" -dialogue year:2022..2024` phrase, exclusion, years',
        f"{code('/paper show 2305.14710')} one paper",
        f"{code('/paper similar 2305.14710')} papers like it",
        f"{code('/paper bib 2305.14710 2311.09433')} BibTeX",
        f"{code('/paper status')} what is loaded",
        f"{code('/paper search help wanted')} a search, whatever the words are",
        f"More: {code('/paper help search')}",
    )


def slip(command: Slip) -> Message:
    """Offer the command that was probably meant, and the search that was not done."""
    return said(
        f"Did you mean {_typed(command.meant)}?",
        f"To search for these words all the same: {_typed(f'search {command.said}')}",
    )


def welcome(corpus_size: int) -> Message:
    """Greet somebody who opens the app's messages for the first time."""
    return said(
        f"I search {counted(corpus_size, 'paper')}.",
        f"In any channel: {code('/paper backdoor instruction tuning')}",
        f"Or tell me here what you are looking for. More: {code('/paper help')}",
    )


def invited() -> Message:
    """Tell whoever invited the bot what works now."""
    return said(f"Ready. Ask me here: {code('/paper backdoor instruction tuning')}")


def refusal(sentence: str) -> Message:
    """Say what the asker can mend."""
    return said(fit(sentence, _SENTENCE))


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


def not_shared(way: str) -> Message:
    """Answer a press of Share here in a window after which nothing is in the channel; `way` works."""
    return said(
        "I cannot share from this window any more: Slack allows that for 30 minutes.",
        f"Ask again with {_typed(way)} and share from there.",
    )


def uncertain() -> Message:
    """Answer a deed after which nobody knows whether Slack posted."""
    return said(
        "Slack did not say whether it posted that, and I do not want to post it twice."
        f" If you cannot see it, please ask again with {code('/paper')}."
    )


def notice(message: Message) -> View:
    """Show a message in a window."""
    return blocks.window("Paperboy", message.blocks)


def _typed(line: str) -> str:
    return code(f"/paper {shorten(line, _LINE)}")
