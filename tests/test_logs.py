import json
import logging
from pathlib import Path

import pytest

from bot import logs
from bot.connect import bolt_app
from bot.library import Library
from bot.playground import LocalSlack
from bot.probes import Metrics
from bot.settings import Settings
from tests.conftest import LOADED_AT
from tests.slack.conftest import upkeep


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """A line has the time, the level, the logger and the message."""
    logs.configure(as_json=False)
    logging.getLogger("bot.x").warning("watch %s", "out")
    assert capsys.readouterr().err.split(" ", 2)[2] == "WARNING bot.x watch out\n"


def test_lines_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    """A line is one JSON object with the same fields."""
    logs.configure(as_json=True)
    logging.getLogger("bot.x").info("hello")
    line = json.loads(capsys.readouterr().err)
    assert line.pop("asctime")
    assert line == {"levelname": "INFO", "name": "bot.x", "message": "hello"}


def test_a_token_in_the_environment_is_nothing_to_warn_of(
    seeded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The usual way to set the token makes no noise."""
    logs.configure(as_json=False)
    library = Library.at(seeded, [], lambda: LOADED_AT)
    with LocalSlack() as slack:
        monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
        settings = Settings(bot_token=slack.bot_token, signing_secret="s", api_url=slack.api_url)
        with bolt_app(settings, library, lambda: LOADED_AT, Metrics(lambda: 0), upkeep(settings.db)):
            pass
    assert capsys.readouterr().err == ""
