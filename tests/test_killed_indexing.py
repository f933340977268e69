"""A process that makes an index is killed at each step that leaves something behind; nobody else notices."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store import Store
from tests.test_indexes import answers, committed, do_all, filled, folders, fresh, indexes, opened, settle

ROOT = Path(__file__).parent.parent
MAKES = """
import os, shutil, signal, sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from bot import indexes
from bot.search import build, files
from bot.search.analyze import Analyzer
from bot.store import Store, generations

steps = 0

def stepped(do: Callable[..., Any]) -> Callable[..., Any]:
    def step(*arguments: Any, **named: Any) -> Any:
        count()
        done = do(*arguments, **named)
        count()
        return done
    return step

def count() -> None:
    global steps
    steps += 1
    if steps == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

for module, name in ((files._File, "add"), (Path, "write_text"), (generations, "commit"), (shutil, "rmtree")):
    setattr(module, name, stepped(getattr(module, name)))
indexes._UNSETTLED = 0
build.BIG = 1
made = indexes.Indexes(Store(Path(sys.argv[1])), Analyzer())
getattr(made, sys.argv[2])(datetime(2026, 11, 21, 10, tzinfo=UTC))
print(steps)
"""


def make(store: Store, deed: str, steps: int = 0) -> subprocess.CompletedProcess[str]:
    """Open or settle in another process, which is killed after so many steps; it prints how many it took."""
    return subprocess.run(
        [sys.executable, "-c", MAKES, str(store.path), deed, str(steps)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("deed", ["open", "settle"])
def test_killed_at_any_step_it_leaves_the_index_as_it_was(deed: str, tmp_path: Path) -> None:
    """Whoever searches goes on, whoever starts finds the same, and nothing of the dead one stays."""
    whole = filled(tmp_path / "whole" / "paperboy.db")
    if deed == "settle":
        opened(whole)
        do_all(whole)
    expected = fresh(whole, tmp_path / "fresh")
    shutil.copytree(whole.path.parent, tmp_path / "begun")
    done = make(whole, deed)
    assert (done.returncode, done.stderr) == (0, "")
    last = int(done.stdout)
    generations_then = committed(whole)
    for steps in (1, 2, last // 2, *range(last - 7, last + 1)):
        shutil.copytree(tmp_path / "begun", tmp_path / f"{steps}")
        store = Store(tmp_path / f"{steps}" / "paperboy.db")
        running = None if deed == "open" else opened(store)
        killed = make(store, deed, steps)
        assert (killed.returncode, killed.stdout, killed.stderr) == (-signal.SIGKILL, "", "")
        if running:
            assert answers(indexes(store).follow(running)) == expected
        assert answers(opened(store)) == expected
        assert len(folders(store)) == 1
        settle(store)
        assert answers(opened(store)) == expected
        assert committed(store) == generations_then
