"""Answers → messages and windows. Pure: the same answer gives the same message, and nothing is sent.

blocks   what messages and windows are made of, within Slack's limits
lists    what a search found, and what is like a paper
heads    the first lines of a list: what was asked, and what came of it
pager    the buttons that lead from a list to its pages and its papers
papers   one paper: its window, its message, its BibTeX
states   what is loaded
reloads  what is loaded anew, and what that brought
feeds    the feeds that bring new papers, and how they fare
help     help
topics   what a channel follows
manage   the same in a window, each topic with its buttons
previews what a topic matches, and what its next digest would bring
deeds    what somebody did with topics, for everybody to see
forms    the form in which a topic is written
digests  a digest: the message, and the replies in its thread
troubles what happens to channels and to those who set topics in them
reasons  Slack's words for what it refuses, in plain ones
notes    refusals, failures and other words to one person

Law: a message stays within Slack's limits whatever the papers and queries hold, and says in `text`, which
notifications and screen readers use, what its blocks say.
"""

from bot.slack.render.blocks import Block, Message, View
from bot.slack.render.deeds import done, ended, paused, resumed, skipped
from bot.slack.render.digests import digest
from bot.slack.render.feeds import (
    feed_added,
    feed_fetched,
    feed_list,
    feed_removed,
    feeds_failing,
    feeds_well,
)
from bot.slack.render.forms import edit_form, topic_form, with_preview
from bot.slack.render.heads import Listing
from bot.slack.render.help import help_page
from bot.slack.render.lists import nothing_found, page, results, similar_window
from bot.slack.render.manage import topics_window
from bot.slack.render.notes import (
    busy,
    fault,
    invited,
    not_changed,
    not_let,
    not_opened,
    not_shared,
    not_skipped,
    notice,
    open_form,
    outdated,
    refusal,
    refused,
    slip,
    uncertain,
    unknown_command,
    unseen,
    unsure,
    untold,
    welcome,
    with_note,
)
from bot.slack.render.papers import bibliography, paper_message, paper_window, shared_paper
from bot.slack.render.previews import edit_button, first_digest, in_form, next_digest, not_followed
from bot.slack.render.reloads import reload_begun, reload_done, reload_failed, reload_goes_on
from bot.slack.render.states import status
from bot.slack.render.topics import Listed, follow_button, topic_list
from bot.slack.render.troubles import going_on, owner_left, trouble

__all__ = [
    "Block",
    "Listed",
    "Listing",
    "Message",
    "View",
    "bibliography",
    "busy",
    "digest",
    "done",
    "edit_button",
    "edit_form",
    "ended",
    "fault",
    "feed_added",
    "feed_fetched",
    "feed_list",
    "feed_removed",
    "feeds_failing",
    "feeds_well",
    "first_digest",
    "follow_button",
    "going_on",
    "help_page",
    "in_form",
    "invited",
    "next_digest",
    "not_changed",
    "not_followed",
    "not_let",
    "not_opened",
    "not_shared",
    "not_skipped",
    "nothing_found",
    "notice",
    "open_form",
    "outdated",
    "owner_left",
    "page",
    "paper_message",
    "paper_window",
    "paused",
    "refusal",
    "refused",
    "reload_begun",
    "reload_done",
    "reload_failed",
    "reload_goes_on",
    "results",
    "resumed",
    "shared_paper",
    "similar_window",
    "skipped",
    "slip",
    "status",
    "topic_form",
    "topic_list",
    "topics_window",
    "trouble",
    "uncertain",
    "unknown_command",
    "unseen",
    "unsure",
    "untold",
    "welcome",
    "with_note",
    "with_preview",
]
