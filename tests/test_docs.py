"""The documents say what is there."""

import json
import re
from pathlib import Path

import pytest

from bot.cli import main
from bot.slack.commands import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SETTING = re.compile(r"\b(?:SLACK|PAPERBOY)_[A-Z_]+\b")


def test_every_setting_is_documented() -> None:
    """`.env.example` has each variable that the settings read, and no other."""
    read = set(SETTING.findall((ROOT / "bot/settings.py").read_text(encoding="utf-8")))
    assert set(re.findall(r"^#?((?:SLACK|PAPERBOY)_[A-Z_]+)=", EXAMPLE, re.MULTILINE)) == read


def test_every_subcommand_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    """Each subcommand has a line in the help, and stands in the README."""
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    (\w+) +\S", capsys.readouterr().out, re.MULTILINE)
    assert commands == ["run", "search", "status", "reload", "feeds", "digest"]
    assert [command for command in commands if f"`paperboy {command}" not in README] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    """A command stands in the README's table."""
    assert f"`/paper {command}" in README


@pytest.mark.parametrize("target", re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))
def test_every_make_target_is_documented(target: str) -> None:
    """A make target stands in the README or in CONTRIBUTING."""
    documents = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert re.search(rf"make {target}(?![a-z-])", documents)


def test_every_folder_is_in_the_readme() -> None:
    """The folder table has each folder and module of `bot`."""
    there = {
        path.name + ("/" if path.is_dir() else "")
        for path in (ROOT / "bot").iterdir()
        if not path.name.startswith("__")
    }
    assert set(re.findall(r"^\| `bot/([^`]+)`", README, re.MULTILINE)) == there


def test_the_manifest_keeps_slacks_limits() -> None:
    """Names and hints are as long as Slack allows."""
    manifest = json.loads((ROOT / "deploy/manifest.json").read_text(encoding="utf-8"))
    about = manifest["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert [
        (command["command"], len(command["usage_hint"]) <= 1000)
        for command in manifest["features"]["slash_commands"]
    ] == [("/paper", True)]


@pytest.mark.parametrize(
    "path",
    [path for path in ROOT.rglob("requirements.txt") if ".venv" not in path.parts],
    ids=lambda path: path.parent.name,
)
def test_pins_name_no_host(path: Path) -> None:
    """The pins have hashes and no address of an index."""
    text = path.read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    assert "://" not in text
