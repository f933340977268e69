"""The seeds, read once, and their texts for tests that change them."""

from pathlib import Path

import pytest

from bot.corpus import Catalog, read_catalog
from tests.reading import Read, read_corpus

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="session")
def corpus() -> Read:
    """Return the whole seed corpus."""
    return read_corpus([SEEDS])


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """Return the seeds' texts by the first three digits of their names."""
    return {path.name[:3]: path.read_bytes().decode() for path in sorted(SEEDS.glob("0*.txt"))}


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Return the seeds' catalog."""
    return read_catalog("catalog.csv", (SEEDS / "catalog.csv").read_bytes().decode())[0]
