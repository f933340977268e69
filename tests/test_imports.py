"""The import rule: what may stand in which folder, as tables, and the check that it is so."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A part of bot/ imports parts of lower layers only. Parts of one layer do not know each other.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("deliver",),
    ("app",),
    ("connect", "beside"),
    ("slack", "playground", "probes", "logs", "settings"),
    ("digest", "fetches", "outages"),
    ("library", "web", "telling"),
    ("matching", "indexes", "loading", "arriving", "load_lock", "feed_list"),
    ("change",),
    ("resolution",),
    ("numbering",),
    ("identity", "shelf", "bibtex", "answers", "feeds"),
    ("search", "store", "corpus"),
    ("wording", "ids"),
    ("papers", "topics", "errors"),
)

# What only these may import, though it stands below others too.
ONLY_FOR = {
    "settings": ("app", "beside", "cli", "connect", "deliver"),
    "playground": ("app", "cli"),
    "logs": ("beside", "cli"),
    "probes": ("app", "cli", "connect"),
    "web": ("app", "cli", "probes"),
}

# The playground knows Slack's protocol, and nothing of papers.
STANDS_ALONE = ("playground",)

# Each vendor has one home. Whatever comes neither with Python nor from here is a vendor.
VENDORS = {
    "slack_bolt": ("bot/slack/", "bot/playground/", "bot/connect.py"),
    "slack_sdk": ("bot/slack/", "bot/playground/", "bot/connect.py"),
    "aiohttp": ("bot/playground/",),
    "sqlite_utils": ("bot/store/",),
    "rank_bm25": ("bot/search/index.py",),
    "rapidfuzz": ("bot/search/spelling.py", "bot/identity.py"),
    "pylatexenc": ("bot/bibtex.py",),
    "Stemmer": ("bot/search/analyze.py",),
    "numpy": ("bot/search/",),
    "dotenv": ("bot/cli.py",),
    "tqdm": ("bot/cli.py",),
    "apscheduler": ("bot/app.py",),
    "filelock": ("bot/digest/", "bot/indexes.py", "bot/load_lock.py"),
    "numba": ("bot/search/pruned.py",),
    "bibtexparser": ("bot/corpus/entries.py",),
    "feedparser": ("bot/corpus/feed.py",),
    "httpx": ("bot/feeds/",),
    "httpcore": ("bot/feeds/",),
    "xxhash": ("bot/search/files.py", "bot/corpus/disk.py", "bot/change.py"),
    "waitress": ("bot/web.py",),
    "prometheus_client": ("bot/probes.py",),
    "pythonjsonlogger": ("bot/logs.py",),
}

RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}


def imports(root: Path, path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything a module imports, wherever in it: `bot.store.loads`."""
    package = path.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            for name in node.names:
                yield node.lineno, f"{module}.{name.name}"


def fault(importer: str, home: str, name: str) -> str:
    """Return what is wrong with an import, or nothing; `home` is the importer's path."""
    top, _, rest = name.partition(".")
    if top == "bot":
        return own_fault(importer, rest.partition(".")[0])
    if top in sys.stdlib_module_names:
        return ""
    if top not in VENDORS:
        return "a vendor that has no home in VENDORS"
    return "" if home.startswith(VENDORS[top]) else f"its home is {', '.join(VENDORS[top])}"


def own_fault(importer: str, part: str) -> str:
    """Return what is wrong with importing a part of bot/, or nothing."""
    if part == "__version__":
        return ""
    if part not in RANK:
        return "no part that is in a layer of LAYERS"
    only_for = ONLY_FOR.get(part, (importer,))
    reasons = {
        f"{importer} stands alone": importer in STANDS_ALONE,
        f"only for {', '.join(only_for)}": importer not in only_for,
        f"{importer} is not above {part}": RANK[importer] >= RANK[part],
    }
    return "" if part == importer else next((why for why, wrong in reasons.items() if wrong), "")


def faults(root: Path) -> list[str]:
    """Return every import below root/bot that breaks the rule, with its file, line and the reason."""
    found = []
    for path in sorted((root / "bot").rglob("*.py")):
        home = path.relative_to(root).as_posix()
        importer = home.split("/")[1].removesuffix(".py")
        if importer not in {*RANK, "__init__"}:
            found.append(f"{home}: {importer} is in no layer of LAYERS")
            continue
        for line, name in imports(root, path):
            why = "bot/__init__.py imports nothing" if importer == "__init__" else fault(importer, home, name)
            if why:
                found.append(f"{home}:{line} imports {name}: {why}")
    return found


def test_imports_point_downward() -> None:
    """Every import of every module keeps the rule."""
    assert faults(ROOT) == []


@pytest.mark.parametrize(
    ("home", "text", "why"),
    [
        ("bot/store/a.py", "from bot.search import x", "1 imports bot.search.x: store is not above search"),
        ("bot/corpus/a.py", "\nimport bot.store", "2 imports bot.store: corpus is not above store"),
        ("bot/search/a.py", "from bot import library", "1 imports bot.library: search is not above library"),
        ("bot/papers.py", "from bot.errors import X", "1 imports bot.errors.X: papers is not above errors"),
        ("bot/slack/b/a.py", "if 1:\n  from ...app import x", "2 imports bot.app.x: slack is not above app"),
        ("bot/slack/a.py", "from bot.settings import Mode",
         "1 imports bot.settings.Mode: only for app, beside, cli, connect, deliver"),
        ("bot/library.py", "from . import settings",
         "1 imports bot.settings: only for app, beside, cli, connect, deliver"),
        ("bot/slack/a.py", "import bot.playground.x", "1 imports bot.playground.x: only for app, cli"),
        ("bot/playground/a.py", "from ..papers import X", "1 imports bot.papers.X: playground stands alone"),
        ("bot/playground/a.py", "from bot import errors", "1 imports bot.errors: playground stands alone"),
        ("bot/app.py", "from bot import new", "1 imports bot.new: no part that is in a layer of LAYERS"),
        ("bot/app.py", "import bot", "1 imports bot: no part that is in a layer of LAYERS"),
        ("bot/__init__.py", "import os", "1 imports os: bot/__init__.py imports nothing"),
        ("bot/library.py", "import sqlite_utils.db", "1 imports sqlite_utils.db: its home is bot/store/"),
        ("bot/slack/a.py", "import httpx", "1 imports httpx: its home is bot/feeds/"),
        ("bot/corpus/a.py", "from bot import feeds", "1 imports bot.feeds: corpus is not above feeds"),
        ("bot/search/query.py", "from rank_bm25 import BM25Okapi",
         "1 imports rank_bm25.BM25Okapi: its home is bot/search/index.py"),
        ("bot/app.py", "if TYPE_CHECKING:\n  import requests",
         "2 imports requests: a vendor that has no home in VENDORS"),
    ],
)  # fmt: skip
def test_the_check_sees_what_breaks_the_rule(tmp_path: Path, home: str, text: str, why: str) -> None:
    """It names file, line and import, wherever in the module the import stands, and why it is wrong."""
    path = tmp_path / home
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert faults(tmp_path) == [f"{home}:{why}"]


@pytest.mark.parametrize(
    ("home", "text"),
    [
        ("bot/cli.py", "from bot import app, logs, settings, playground, library, store, wording, papers"),
        ("bot/slack/listeners/a.py", "from ..render import x\nfrom . import b\nfrom bot.search import c"),
        ("bot/playground/a.py", "import aiohttp.web\nfrom .checks import Json"),
        ("bot/store/a.py", "import os.path\nfrom sqlite_utils import Database\nfrom bot.papers import Paper"),
    ],
)  # fmt: skip
def test_the_check_lets_pass_what_keeps_the_rule(tmp_path: Path, home: str, text: str) -> None:
    """Lower layers, a part's own modules, vendors at home and Python's library."""
    path = tmp_path / home
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert faults(tmp_path) == []


def test_a_part_must_have_a_layer(tmp_path: Path) -> None:
    """Whoever adds one says where it stands."""
    (tmp_path / "bot" / "mail").mkdir(parents=True)
    (tmp_path / "bot" / "mail" / "letter.py").write_text("")
    assert faults(tmp_path) == ["bot/mail/letter.py: mail is in no layer of LAYERS"]
