"""Answers → messages and windows. Pure: the same answer gives the same message, and nothing is sent.

blocks   what messages and windows are made of, within Slack's limits
lists    what a search found, and what is like a paper
heads    the first lines of a list: what was asked, and what came of it
pager    the buttons that lead from a list to its pages and its papers
papers   one paper: its window, its message, its BibTeX
states   what is loaded
help     help
notes    refusals, failures and other words to one person

Law: a message stays within Slack's limits whatever the papers and queries hold, and says in `text`, which
notifications and screen readers use, what its blocks say.
"""

from bot.slack.render.blocks import Block, Message, View
from bot.slack.render.heads import Listing
from bot.slack.render.help import help_page
from bot.slack.render.lists import nothing_found, page, results, similar_window
from bot.slack.render.notes import (
    busy,
    fault,
    invited,
    not_changed,
    not_let,
    not_opened,
    not_shared,
    notice,
    outdated,
    refusal,
    slip,
    uncertain,
    unknown_command,
    unseen,
    unsure,
    welcome,
    with_note,
)
from bot.slack.render.papers import bibliography, paper_message, paper_window, shared_paper
from bot.slack.render.states import status

__all__ = [
    "Block",
    "Listing",
    "Message",
    "View",
    "bibliography",
    "busy",
    "fault",
    "help_page",
    "invited",
    "not_changed",
    "not_let",
    "not_opened",
    "not_shared",
    "nothing_found",
    "notice",
    "outdated",
    "page",
    "paper_message",
    "paper_window",
    "refusal",
    "results",
    "shared_paper",
    "similar_window",
    "slip",
    "status",
    "uncertain",
    "unknown_command",
    "unseen",
    "unsure",
    "welcome",
    "with_note",
]
