"""What Slack can send, one module a feature; each has `register(app, desk)`.

paper      /paper, and what is typed to the bot in its direct messages
lists      buttons under lists of papers: more, pages, share, search
papers     buttons for one paper: its abstract, what is like it, its BibTeX
windows    the same, inside a window
sharing    what a press posts for the channel, once
first_run  the welcome, and the line to whoever invites the bot
unknown    all else

Law of a listener: ack, parse, call, render, send. It is registered through `guarded`.
"""

from slack_bolt import App

from bot.slack.desk import Desk
from bot.slack.listeners import first_run, lists, paper, papers, unknown, windows


def register(app: App, desk: Desk) -> None:
    """Register every listener; what nobody else knows comes last, for Bolt asks in this order."""
    for feature in (paper, lists, papers, windows, first_run):
        feature.register(app, desk)
    unknown.register(app)
