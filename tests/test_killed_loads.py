"""A process that loads is killed at each commit; nobody else notices, and the next load makes it good."""

import importlib
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from errno import ENOSPC
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from bot.errors import OperatorError
from bot.store import Store
from tests.test_loading import (
    AFTER,
    BEFORE,
    DAMAGED,
    FIRST,
    STEADY,
    WAYS,
    Files,
    Seen,
    begin,
    current,
    everything,
    line,
    loads_in,
    opened,
    patch,
    reload,
    seen,
    tables,
    write,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

SMALL = {"bot.change._LOT": 3}
ANEW = {**SMALL, **WAYS[-1]}
LARGE = {**SMALL, "bot.library._LARGE": 0}
OTHER: Files = {
    "b.jsonl": [line("Split paper", "Of its own."), line("New paper 1"), line("Twin paper"), DAMAGED],
    "sub/c.jsonl": [STEADY, line("Different paper", acl_id="2024.acl-long.3")],
}


def load_and_die(db: Path, corpus: Path, patched: Mapping[str, int], commits: int) -> None:
    """Reload, in a process of its own, which is killed when it is about to commit for so many times."""
    for name, value in patched.items():
        module, _, constant = name.rpartition(".")
        setattr(importlib.import_module(module), constant, value)
    coming = count(1)

    class Deadly(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql == "COMMIT" and next(coming) == commits:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().execute(sql, *values)

    store = Store(db)
    vars(sqlite3)["connect"] = partial(sqlite3.connect, factory=Deadly)
    reload(store.path, corpus)


def killed(db: Path, corpus: Path, patched: Mapping[str, int], commits: int) -> bool:
    """Tell whether a process that loads was killed at a commit; else it was done before."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["bot.library", "bot.corpus", "tests.test_killed_loads"])
    process = context.Process(target=load_and_die, args=(db, corpus, patched, commits))
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


def deaths(
    begun: Path, corpus: Path, patched: Mapping[str, int]
) -> Iterator[tuple[Path, Callable[[], bool]]]:
    """Yield copies of a database, each with what kills a load of it one commit later, until one is done."""
    for commits in count(1):
        db = begun.parent.with_name(f"{commits}") / begun.name
        shutil.copytree(begun.parent, db.parent)
        dead: list[bool] = []

        def kill(db: Path = db, commits: int = commits, dead: list[bool] = dead) -> bool:
            dead.append(killed(db, corpus, patched, commits))
            return dead[0]

        yield db, kill
        if dead == [False]:
            return


def indexed(db: Path) -> int:
    """Return how many indexes lie beside a database."""
    root = db.with_name(f"{db.name}-index")
    return len(list(root.iterdir())) if root.exists() else 0


@pytest.mark.parametrize(
    ("history", "files", "then", "patched"),
    [
        ([], AFTER, AFTER, SMALL),
        ([], AFTER, AFTER, LARGE),
        ([FIRST, BEFORE], AFTER, AFTER, SMALL),
        ([FIRST, BEFORE], AFTER, AFTER, ANEW),
        ([FIRST, BEFORE], AFTER, BEFORE, SMALL),
        ([FIRST, BEFORE], AFTER, OTHER, SMALL),
    ],
    ids=[
        "first",
        "first-large",
        "again",
        "again-anew",
        "again-put-back",
        "again-other",
    ],
)
def test_killed_at_any_commit_a_load_changes_nothing(
    tmp_path: Path,
    history: list[Files],
    files: Files,
    then: Files,
    patched: Mapping[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All see what there was, or all that it brought; the next load is as if that had never been."""
    patch(monkeypatch, patched)
    corpus = tmp_path / "corpus"
    begun = begin(tmp_path / "begun" / "paperboy.db", corpus, *history)
    before = seen(opened(begun))
    whole = tmp_path / "whole" / "paperboy.db"
    shutil.copytree(begun.parent, whole.parent)
    reload(whole, write(corpus, then))
    expected = (seen(opened(whole)), tables(whole))
    dead = published = 0
    for db, kill in deaths(begun, corpus, patched):
        bot = opened(db)
        index = current(bot)
        write(corpus, files)
        if not kill():
            break
        is_published = loads_in(db) != loads_in(begun)
        if is_published and files != then:
            break
        dead, published = dead + 1, published + is_published
        bot.catch_up()
        if is_published:
            assert seen(bot) == seen(opened(db)) == expected[0]
        else:
            assert (seen(bot), seen(opened(db))) == (before, before)
            assert current(bot) is index
        done = reload(db, write(corpus, then))
        bot.catch_up()
        status = replace(expected[0].status, last=done)
        assert is_published or status == expected[0].status
        after = Seen(expected[0].answers, status)
        assert (seen(bot), seen(opened(db)), tables(db), indexed(db)) == (after, after, expected[1], 1)
    assert dead - published > 10
    assert bool(published) == (files == then)


MOVED: Files = {**BEFORE, "a.jsonl": [line("Fresh paper"), *BEFORE["a.jsonl"]]}


def test_killed_at_any_commit_a_load_moves_no_line(tmp_path: Path) -> None:
    """Whoever starts then is told where papers stood when they were loaded last."""
    corpus = tmp_path / "corpus"
    begun = begin(tmp_path / "begun" / "paperboy.db", corpus, BEFORE)
    then = everything(begun)
    for db, kill in deaths(begun, write(corpus, MOVED), SMALL):
        if not kill() or loads_in(db) != loads_in(begun):
            break
        assert everything(db) == then


def test_a_load_that_failed_moves_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where the file is as it was before, when the corpus is loaded next."""
    corpus = tmp_path / "corpus"
    db = begin(tmp_path / "begun" / "paperboy.db", corpus, BEFORE)
    then = everything(db)
    write(corpus, MOVED)
    patch(monkeypatch, WAYS[-1])
    monkeypatch.setattr("bot.indexes.build", full)
    with pytest.raises(OperatorError, match="no index can be kept"):
        reload(db, corpus)
    reload(db, write(corpus, BEFORE))
    assert everything(db) == then


def full(*_: object) -> None:
    """Write to a disk that is full."""
    raise OSError(ENOSPC, "No space left on device")
