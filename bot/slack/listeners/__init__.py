"""What Slack can send, one module a feature; each has `register(app, desk)`.

paper      /paper, and what is typed to the bot in its direct messages
lists      buttons under lists of papers: more, pages, share, search
papers     buttons for one paper: its abstract, what is like it, its BibTeX
windows    the same, inside a window
commands   what is typed about topics
reloading  /paper reload
topics     buttons and menus under messages about topics
forms      the form in which a topic is written
manage     a channel's topics in a window
following  what people do with topics, however they ask for it
sharing    what a press posts for the channel, once
channels   what becomes of channels, of people and of the bot itself
first_run  the welcome, and the line to whoever invites the bot
unknown    all else

Law of a listener: ack, parse, call, render, send. It is registered through `guarded`.
"""

from slack_bolt import App

from bot.slack.desk import Desk
from bot.slack.listeners import (
    channels,
    first_run,
    forms,
    lists,
    manage,
    paper,
    papers,
    topics,
    unknown,
    windows,
)


def register(app: App, desk: Desk) -> None:
    """Register every listener; what nobody else knows comes last, for Bolt asks in this order."""
    for feature in (paper, lists, papers, windows, topics, forms, manage, channels, first_run):
        feature.register(app, desk)
    unknown.register(app)
