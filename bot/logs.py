"""How Paperboy logs: lines of text for people, or JSON for machines, to stderr.

Law: no token and, at INFO and above, no query text ever reaches a log.
"""

import logging

from pythonjsonlogger.json import JsonFormatter

_FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s"


def configure(*, as_json: bool) -> None:
    """Set up the root logger."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(_FIELDS) if as_json else logging.Formatter(_FIELDS))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    quieten()


def quieten() -> None:
    """Silence what must not be logged, or says nothing."""
    logging.getLogger("slack_bolt.RequestVerification").setLevel(logging.WARNING)  # INFO logs whole bodies
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every burst
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # INFO tells of every tick
    logging.getLogger("slack_bolt.App").addFilter(_not_about_the_token)


def _not_about_the_token(record: logging.LogRecord) -> bool:
    """Drop Bolt's warning that it found SLACK_BOT_TOKEN in the environment and was given a client as well."""
    return "`token` will be unused" not in record.getMessage()
