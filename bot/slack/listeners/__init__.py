"""What Slack can send, one module a feature; each has `register(app, …)`.

Law of a listener: ack, parse, call, render, send. It is registered through `guarded`.
"""

from collections.abc import Callable
from datetime import datetime

from slack_bolt import App

from bot.library import Answer
from bot.slack.listeners import paper, unknown


def register(
    app: App,
    search: Callable[[str, int], Answer],
    corpus_size: Callable[[], int],
    clock: Callable[[], datetime],
) -> None:
    """Register every listener; what nobody else knows comes last, for Bolt asks in this order."""
    paper.register(app, search, corpus_size, clock)
    unknown.register(app)
