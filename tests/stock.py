"""Papers put into a store by hand: each call a change of its own that is published at once."""

from collections.abc import Iterable
from datetime import UTC, datetime

from bot.papers import Description, Paper, Record, Source, TitleOrigin
from bot.store import Database, loads, papers, records
from bot.store.loads import Load
from bot.store.papers import FOREVER, Entry
from bot.store.records import New

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BARE = Description(title="B", title_origin=TitleOrigin.SENTENCE, abstract="B.")
KNOWN = Description(  # of which nothing is left out
    title="Über *Backdoors* <&> 大模型",
    title_origin=TitleOrigin.CATALOG,
    abstract="We “plant”\nbackdoors.",
    first_author="Jiashu Xu",
    authors=("Jiashu Xu", "Søren, O'Neil"),
    year=2023,
    arxiv_id="2305.14710",
    acl_id="2024.naacl-long.171",
    doi="10.1234/abc",
    url="https://arxiv.org/abs/2305.14710",
)

Given = tuple[str, Description, Iterable[str], Iterable[Record]]  # id, description, keys, records


def add(db: Database, given: Iterable[Given], now: datetime = NOW) -> None:
    """Add papers first seen now, in order."""
    change, first = papers.published(db) + 1, papers.newest_ever(db) + 1
    number = first - 1
    for number, (shown_id, description, keys, places) in enumerate(given, first):
        papers.put(db, change, [Entry(number, shown_id, description, list(keys))], now)
        _stand(db, change, number, places)
    _publish(db, change, now, papers_more=number - first + 1)


def revise(
    db: Database, number: int, description: Description, keys: Iterable[str], places: Iterable[Record]
) -> None:
    """Describe a paper anew and let it stand where these records are; one that was gone is back."""
    change = papers.published(db) + 1
    last = papers.versions(db, [number])[number][-1]
    papers.put(db, change, [Entry(number, last.shown_id, description, list(keys))], NOW)
    _leave(db, change, [number])
    _stand(db, change, number, places)
    _publish(db, change, None, papers_more=int(last.until != FOREVER))


def remove(db: Database, numbers: Iterable[int]) -> None:
    """Let papers be gone."""
    change = papers.published(db) + 1
    known = papers.versions(db, list(numbers))
    standing = [number for number, versions in known.items() if versions[-1].until == FOREVER]
    papers.end(db, change, standing)
    _leave(db, change, standing)
    _publish(db, change, None, papers_more=-len(standing))


def load(db: Database, now: datetime, count: int = 0) -> None:
    """Record a load, after which there are so many papers more."""
    _publish(db, papers.published(db) + 1, now, papers_more=count)


def publish(db: Database, change: int) -> None:
    """Let everybody see what was written as a change."""
    loads.publish(db, Load(loaded_at=NOW, records=0, papers=0, change=change))


def paper(number: int, shown_id: str, *places: tuple[str, int], of: Description = BARE) -> Paper:
    """Return a paper that stands in these places."""
    known = {name: getattr(of, name) for name in Description.__slots__}
    sources = tuple(Source(*place) for place in places)
    return Paper(**known, number=number, shown_id=shown_id, sources=sources)


def _stand(db: Database, change: int, number: int, places: Iterable[Record]) -> None:
    for place in places:
        file = records.enter(db, place.source.file)
        records.add(db, change, [New(file, place.source.line, 0, number, None)])


def _leave(db: Database, change: int, numbers: Iterable[int]) -> None:
    records.end(db, change, [row.id for row in records.of(db, numbers) if row.until == FOREVER])


def _publish(db: Database, change: int, now: datetime | None, papers_more: int) -> None:
    last = loads.latest(db)
    now = now or (last.loaded_at if last else NOW)
    counted = (last.papers if last else 0) + papers_more
    standing = ((state, records.standing_in(db, row)) for row, state in records.files(db).items())
    records.stamp(db, [state._replace(records=count) for state, count in standing])
    loads.publish(db, Load(loaded_at=now, records=0, papers=counted, change=change))
