"""Fixtures that any test may use: the seeds loaded once, a real browser."""

import logging
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

from bot.library import Library

SEEDS = Path(__file__).parent.parent / "seeds"
LOADED_AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

DEBIAN = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure() -> None:
    """Let no test measure time: Hypothesis would fail an example that takes 200 ms."""
    settings.register_profile("untimed", settings(), deadline=None)
    settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that holds the seeds, loaded on 21 November 2026 at 9:00 UTC; do not change it."""
    path = tmp_path_factory.mktemp("seeded") / "paperboy.db"
    Library.at(path, [SEEDS], lambda: LOADED_AT)
    return path


@pytest.fixture(scope="session")
def library(seeded: Path) -> Library:
    """Return the library of the seeds."""
    return Library.at(seeded, [], lambda: LOADED_AT)


def _chromium() -> str:
    """Return where Chromium is; without one the test is skipped, and in CI it fails."""
    found = os.environ.get("PAPERBOY_CHROMIUM") or shutil.which("chromium") or shutil.which(DEBIAN)
    if found and shutil.which(found):
        return found
    reason = f"no Chromium at $PAPERBOY_CHROMIUM, on the PATH or at {DEBIAN}"
    if "CI" in os.environ:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser for one module: while it runs, asyncio.run() does not work in this thread."""
    path = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page with a fresh profile, which must end without an error in its console."""
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        yield page
        page.close()
        assert faults == []
