"""The command line: `paperboy`, the same as `python -m bot`.

Law: errors are one line on stderr; exit codes are 0 done, 1 it failed, 2 wrong usage or settings.
"""

import argparse
import getpass
import io
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import indent, wrap
from threading import Event
from typing import TYPE_CHECKING, Any

from bot import __version__
from bot.errors import OperatorError, UserError
from bot.settings import LogFormat, Settings, SettingsError

if TYPE_CHECKING:
    from bot.answers import Loaded, Progress
    from bot.fetches import Fetch
    from bot.store.feeds import Followed

_RESULTS = 5
_PROBLEMS = 10
_EARLIEST, _LATEST = 2000, 9000  # years; beyond them no zone's rules hold


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no ü shows the rest all the same
    options = _parser().parse_args(arguments)
    try:
        options.command(Settings.from_env(_environment()), options)
    except UserError as error:
        return _failed(error.message, 2)
    except OperatorError as error:
        return _failed(str(error), error.exit_code)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # noqa: BLE001  # a traceback helps nobody at a prompt
        return _failed(_unexpected(error), 1)
    return 0


def run(settings: Settings, _: argparse.Namespace) -> None:
    """Answer Slack, or open the playground, until Ctrl+C or SIGTERM."""
    from bot import app, logs

    stop = Event()
    logs.configure(as_json=settings.log is LogFormat.JSON)
    app.run(
        settings,
        _now,
        stop,
        ready=lambda line: print(line, flush=True),
        opened=lambda: _set_by_signals(stop),
    )


def search(settings: Settings, options: argparse.Namespace) -> None:
    """Print the best papers for a query."""
    from bot.library import Library
    from bot.wording import counted, listed

    library = Library.at(settings.db, settings.corpus, _now)
    if not library.size:
        first = next((f": {each.file}:{each.line} {each.reason}" for each in library.problems()), "")
        raise OperatorError(f"no papers are loaded{first}; paperboy status tells more")
    answer = library.search(options.query, options.number)
    if options.json:
        _print_json(
            {
                "query": answer.query.text,
                "total": answer.total,
                "hits": [_hit(rank, found) for rank, found in enumerate(answer.found, 1)],
            }
        )
        return
    if not answer.found:
        print(f"Nothing found in {answer.corpus_size:,} papers.")
    if answer.unknown:
        print(f"No paper has {listed(answer.unknown)}.")
    if near := answer.suggestion:
        print(f"Did you mean: {near.text}   ({counted(near.complete or near.total, 'paper')})")
    for rank, found in enumerate(answer.found, 1):
        print(_entry(rank, found), end="\n\n")
    if answer.total > len(answer.found):
        print(f"{len(answer.found)} of {answer.total:,} papers; -n {answer.total} shows all")


def status(settings: Settings, options: argparse.Namespace) -> None:
    """Print what is loaded, and what could not be read."""
    from bot.library import Library
    from bot.store import Store
    from bot.wording import counted

    state = Library(Store(settings.db)).status()
    last = state.last
    problems = last.problems if last else ()
    loaded_at = last and last.at.isoformat(timespec="seconds")
    sources = {**state.records_by_file, **state.records_by_feed}
    if options.json:
        _print_json(
            {
                "version": __version__,
                "papers": state.papers,
                "records": state.records,
                "problems": len(problems),
                "problem_list": [
                    {"file": problem.file, "line": problem.line, "reason": problem.reason}
                    for problem in problems
                ],
                "sources": sources,
                "loaded_at": loaded_at,
                "load": last and {"by": last.by, "seconds": last.seconds, **_counts(last)},
                "under_way": state.under_way or None,
            }
        )
        return
    print(f"Paperboy {__version__}")
    found = f"{counted(state.papers, 'paper')} from {counted(state.records, 'record')}"
    print(f"{found}, loaded {loaded_at or 'never'}{f' by {last.by}' if last and last.by else ''}")
    if last:
        print(f"that brought {_told(last)}")
    if state.under_way:
        print(f"{state.under_way} is under way")
    for source, records in sources.items():
        print(f"{records:8,}  {source}")
    print(f"{counted(len(problems), 'place')} could not be read" + (":" if problems else ""))
    for problem in problems:
        print(f"          {problem.file}:{problem.line} {problem.reason}")


def reload(settings: Settings, options: argparse.Namespace) -> None:
    """Load the corpus again; a bot that runs follows by itself."""
    from bot.beside import step_back
    from bot.library import Library
    from bot.store import Store
    from bot.wording import counted

    step_back()  # a bot may be running
    library = Library(Store(settings.db))
    try:
        with _bar() as told:
            loaded = library.reload(settings.corpus, _login(), _now, told)
    except UserError as error:
        raise OperatorError(f"{error}; see: paperboy status") from None
    if options.json:
        _print_json(
            {
                "papers": loaded.papers,
                **_counts(loaded),
                "problems": len(loaded.problems),
                "seconds": loaded.seconds,
            }
        )
        return
    print(f"{counted(loaded.papers, 'paper')} in {loaded.seconds:.1f} s: {_told(loaded)}")
    for problem in loaded.problems[:_PROBLEMS]:
        print(f"  {problem.file}:{problem.line} {problem.reason}")
    if loaded.problems[_PROBLEMS:]:
        more = counted(len(loaded.problems) - _PROBLEMS, "more place")
        print(f"  and {more} that could not be read: paperboy status")


def feeds(settings: Settings, options: argparse.Namespace) -> None:
    """Print the feeds that are followed and how they fare; fetch them first, if that is wanted."""
    from bot.digest.rounds import FEEDS, PATIENCE, alone
    from bot.feed_list import FeedList
    from bot.fetches import Fetches, means
    from bot.library import Library
    from bot.store import Store

    store = Store(settings.db)
    every = timedelta(hours=settings.feed_hours)
    by = means(allow_private=settings.private_feeds, now=_now, stopping=Event(), every=every)
    feed_list = FeedList(store, settings.feeds)
    fetches = Fetches(store, Library(store), feed_list, by)
    done: dict[str, Fetch] = {}
    with _defects() as defects:
        if options.fetch:
            with alone(settings.db, PATIENCE, FEEDS) as is_mine:
                if not is_mine:
                    raise OperatorError("feeds are being fetched by another process")
                done = {each.feed: each for each in fetches.fetch_all()}
    followed = feed_list.followed(_now())
    if options.json:
        _print_json([_feed(each, done.get(each.name)) for each in followed])
    elif not followed:
        print("No feeds are followed: PAPERBOY_FEEDS names none.")
    for each in followed if not options.json else ():
        for line in _fared(each, done.get(each.name)):
            print(line)
    if failed := [f"{each.feed}: {each.fault}" for each in done.values() if each.fault] + defects:
        raise OperatorError("\n".join(failed))


@contextmanager
def _defects() -> Iterator[list[str]]:
    """Keep the log off stderr, where one line tells what failed; yield the defects in it, a line each."""
    defects: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and (error := record.exc_info[1]):
                defects.append(f"{record.getMessage()}: {_unexpected(error)}")

    kept = Kept()
    logging.getLogger().addHandler(kept)  # or Python itself would print what nobody handles
    try:
        yield defects
    finally:
        logging.getLogger().removeHandler(kept)


def _fared(each: "Followed", done: "Fetch | None") -> "Iterator[str]":
    from bot.wording import counted

    yield f"{each.number:3}  {each.name}" + (f"  (added by {each.by.name or each.by.id})" if each.by else "")
    yield f"     {counted(each.papers, 'paper')} brought, last read {_told_at(each.succeeded) or 'never'}"
    if done and done.arrived and (problems := done.arrived.problems):
        first, more = problems[0], "; …" if problems[1:] else ""
        unread = counted(len(problems), "place")
        yield f"     {unread} could not be read (line {first.line}: {first.reason}{more})"
    if each.faults:
        again = f"Next try: {_told_at(each.due)}"
        yield f"     failed {counted(each.faults, 'time')} in a row: {each.fault} {again}"
    elif each.failed:
        yield f"     last failed {_told_at(each.failed)}: {each.fault}"


def _feed(each: "Followed", done: "Fetch | None") -> dict[str, object]:
    return {
        "number": each.number,
        "name": each.name,
        "by": each.by and each.by.name,
        "papers": each.papers,
        "last_read": _told_at(each.succeeded),
        "last_failed": _told_at(each.failed),
        "last_fault": each.fault or None,
        "faults": each.faults,
        "due": _told_at(each.due),
        "problems": done and done.arrived and len(done.arrived.problems),
    }


def _told_at(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None


@contextmanager
def _bar() -> "Iterator[Callable[[Progress], None]]":
    """Yield what draws how far a load is, on stderr, where that is a terminal."""
    from tqdm import tqdm

    form = "{desc}{percentage:3.0f} %|{bar}| {elapsed}<{remaining}{postfix}"
    with tqdm(total=1.0, bar_format=form, disable=None, leave=False) as bar:

        def told(progress: "Progress") -> None:
            bar.set_description_str(
                f"file {min(progress.read + 1, progress.files)} of {progress.files} ", refresh=False
            )
            bar.set_postfix_str(f"{progress.papers:,} papers", refresh=False)
            bar.update(progress.share - bar.n)

        yield told


def _login() -> str:
    """Return the name of whoever is at the shell."""
    try:
        return getpass.getuser().encode(errors="replace").decode()
    except (OSError, KeyError):  # in a container a user may have none
        return "somebody at a shell"


def _counts(loaded: "Loaded") -> dict[str, int]:
    return {name: getattr(loaded, name) for name in ("new", "revised", "unchanged", "removed")}


def _told(loaded: "Loaded") -> str:
    return ", ".join(f"{count:,} {name}" for name, count in _counts(loaded).items())


def digest(settings: Settings, options: argparse.Namespace) -> None:
    """Post every digest that is due, once, and wait for its threads; or print it."""
    if not (options.dry_run or settings.bot_token):
        raise SettingsError("digest needs SLACK_BOT_TOKEN; digest --dry-run needs none")
    from bot import deliver, logs

    at = options.at or _now()
    if options.dry_run:
        for line in deliver.drawn_up(settings, at):
            print(line)
        return
    logs.configure(as_json=settings.log is LogFormat.JSON)
    stop = Event()
    print(deliver.deliver(settings, _now, at, stop, opened=lambda: _set_by_signals(stop)))


def _set_by_signals(stop: Event) -> None:
    """Let Ctrl+C and SIGTERM end what looks at `stop`; before, they end the process as they always do."""
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, lambda *_: stop.set())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="paperboy", description="A Slack app that answers /paper.")
    commands = parser.add_subparsers(required=True, metavar="command")
    answering = commands.add_parser("run", help=run.__doc__)
    answering.set_defaults(command=run)
    searching = commands.add_parser("search", help=search.__doc__)
    searching.add_argument("query", help="what to search for, in one argument")
    searching.add_argument("-n", dest="number", type=_positive, default=_RESULTS, help="how many papers")
    searching.set_defaults(command=search)
    telling = commands.add_parser("status", help=status.__doc__)
    telling.set_defaults(command=status)
    loading = commands.add_parser("reload", help=reload.__doc__)
    loading.set_defaults(command=reload)
    fetching = commands.add_parser("feeds", help=feeds.__doc__)
    fetching.add_argument("--fetch", action="store_true", help="fetch all feeds now")
    fetching.set_defaults(command=feeds)
    delivering = commands.add_parser("digest", help=digest.__doc__)
    delivering.add_argument("--at", type=_instant, metavar="ISO-8601", help="due at this instant, not now")
    delivering.add_argument("--dry-run", action="store_true", help="print, post nothing")
    delivering.set_defaults(command=digest)
    for command in (searching, telling, loading, fetching):
        command.add_argument("--json", action="store_true", help="for programs")
    return parser


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or not _EARLIEST <= instant.year <= _LATEST:
        raise argparse.ArgumentTypeError(f"{text!r} is no instant; write it as 2026-11-23T08:00:00+00:00")
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} has no offset; write for example {instant.isoformat()}+00:00"
        )
    return instant.astimezone(UTC)


def _environment() -> dict[str, str]:
    """Return the environment; what `.env` in this folder sets counts where the environment does not."""
    from dotenv import dotenv_values

    path = Path(".env")
    if not path.is_file() and (path.exists() or path.is_symlink()):  # dotenv would pass over it
        raise SettingsError(".env cannot be read: it is no file")
    try:
        file = {name: value for name, value in dotenv_values(path).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read: {error}") from error
    return {**file, **os.environ}


def _hit(rank: int, found: Any) -> dict[str, Any]:
    from bot.wording import address

    return {
        "rank": rank,
        "id": found.paper.shown_id,
        "title": found.paper.title,
        "score": found.score,
        "url": address(found.paper) or None,
        "sources": [{"file": source.file, "line": source.line} for source in found.paper.sources],
    }


def _entry(rank: int, found: Any) -> str:
    from bot.wording import address, byline

    about = byline(found.paper)
    if found.missing:
        about += f" · without: {', '.join(found.missing)}"
    passage = "".join(run.text for run in found.snippet)
    lines = [*wrap(found.paper.title, 96), about, *wrap(passage, 96), address(found.paper)]
    return f"{rank:3}  " + indent("\n".join(filter(None, lines)), "     ").lstrip()


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _now() -> datetime:
    return datetime.now(UTC)


def _unexpected(error: BaseException) -> str:
    return f"unexpected {type(error).__name__}: {error}"


def _failed(text: str, code: int) -> int:
    print(f"paperboy: {'; '.join(text.splitlines())}", file=sys.stderr)
    return code
