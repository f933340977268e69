"""One analyzer, and the seeds loaded once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.library import Library
from bot.search.analyze import Analyzer
from tests.reading import read_corpus

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    """Return an analyzer that all tests share, as all listeners do."""
    return Analyzer()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return the library of the seed papers."""
    db = tmp_path_factory.mktemp("seeds") / "paperboy.db"
    return Library.at(db, [SEEDS], lambda: datetime(2026, 11, 21, 8, 40, tzinfo=UTC))


@pytest.fixture(scope="session")
def abstracts() -> list[str]:
    """Return the abstracts of the seed papers."""
    return [record.abstract for record in read_corpus([SEEDS]).records]
