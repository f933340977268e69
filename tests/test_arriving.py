"""What feeds bring, beside what files hold: which papers there are, and what is told of it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import load_lock
from bot.arriving import Arrived
from bot.corpus import Catalog, Piece
from bot.corpus.jsonl import pieces
from bot.errors import OperatorError, UserError
from bot.library import Library
from bot.papers import Problem
from bot.store import Database, Store, deliveries, loads, papers
from bot.topics import Place

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HERE = Place("T1", "C1")
FEED, OTHER = "arxiv:cs.CL", "https://example.org/feed.xml"

Said = Mapping[str, Any]

TEA = {"title": "Tea", "abstract": "It is green.", "arxiv_id": "2301.00001"}
COFFEE = {"title": "Coffee", "abstract": "It is black.", "arxiv_id": "2301.00002"}
NOTE = {"title": "A Note", "abstract": "It has no id.", "authors": ["Ann Bee"]}


def told(*said: Said | str) -> list[Piece | Problem]:
    """Return what a feed tells: papers as JSON says them, or a text that is none."""
    lines = [each if isinstance(each, str) else json.dumps(each) for each in said]
    return list(pieces("feed", enumerate(lines, 1), Catalog()))


class Fed:
    """A library that files and feeds fill, a day later each time."""

    def __init__(self, folder: Path) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.store = Store(folder / "paperboy.db")
        self.library = Library(self.store)
        self.now = NOW

    def load(self, *said: Said) -> tuple[int, int, int]:
        """Load a file of papers; return how many are new, revised and removed."""
        (self.corpus / "a.jsonl").write_text("".join(json.dumps(each) + "\n" for each in said))
        self.now += timedelta(days=1)
        done = self.library.reload([self.corpus], "ana", lambda: self.now)
        return done.new, done.revised, done.removed

    def arrive(self, *said: Said | str, feed: str = FEED) -> Arrived:
        """Let a feed tell papers."""
        self.now += timedelta(days=1)
        return self.library.arrive(feed, told(*said), lambda: self.now)

    def papers(self) -> dict[int, tuple[str, str]]:
        """Return each paper's abstract, and where it stands, as "a.jsonl 1, arxiv:cs.CL 0"."""
        with self.store.snapshot() as db:
            return {
                each.number: (each.abstract, ", ".join(f"{at.file} {at.line}" for at in each.sources))
                for each in papers.everything(db)
            }

    def published(self) -> int:
        """Return the change that is read."""
        with self.store.reading() as db:
            return papers.published(db)


@pytest.fixture
def fed(tmp_path: Path) -> Fed:
    """Return a library that holds nothing yet."""
    return Fed(tmp_path)


def test_what_a_feed_brings_is_found_at_once(fed: Fed) -> None:
    """By whoever has the library open, and it is told which entries are none."""
    fed.load(TEA)
    fed.library.open(NOW)
    done = fed.arrive(COFFEE, "no JSON", NOTE)
    assert done == Arrived(2, 0, (Problem("feed", 2, "not valid JSON: Expecting value"),))
    assert [each.paper.title for each in fed.library.search("black", 9).found] == ["Coffee"]
    assert fed.papers() == {
        1: ("It is green.", "a.jsonl 1"),
        2: ("It is black.", "arxiv:cs.CL 0"),
        3: ("It has no id.", "arxiv:cs.CL 0"),
    }


def test_what_a_feed_told_before_changes_nothing(fed: Fed) -> None:
    """Be it that it tells it twice, or less than before."""
    fed.arrive(TEA, NOTE, COFFEE)
    before, change = fed.papers(), fed.published()
    assert fed.arrive(NOTE, TEA, NOTE, TEA) == Arrived(0, 0)
    assert fed.arrive() == Arrived(0, 0)
    assert (fed.papers(), fed.published()) == (before, change)
    with fed.store.reading() as db:
        assert db.conn.execute("SELECT count(*) FROM load").fetchone() == (1,)


def test_a_new_version_takes_the_place_of_the_old_one(fed: Fed) -> None:
    """Though it says less; what the feed tells of other papers stays as it was."""
    fed.arrive(TEA, COFFEE)
    assert fed.arrive(TEA | {"abstract": "Green.", "id": "2301.00001v2"}) == Arrived(0, 1)
    assert fed.papers() == {1: ("Green.", "arxiv:cs.CL 0"), 2: ("It is black.", "arxiv:cs.CL 0")}


def test_what_a_feed_tells_twice_is_told_once(fed: Fed) -> None:
    """Also where it was never told before."""
    assert fed.arrive(TEA, TEA) == Arrived(1, 0)
    assert fed.papers() == {1: ("It is green.", "arxiv:cs.CL 0")}


def test_without_an_id_an_entry_is_known_by_its_title(fed: Fed) -> None:
    """A feed may change words at each fetch. Many editorials have one title, but other authors."""
    fed.arrive(NOTE, {"title": "Editorial", "abstract": "Of May.", "authors": ["Bo Xu"]})
    done = fed.arrive(
        NOTE | {"abstract": "It has none."},
        {"title": "Editorial", "abstract": "Of June.", "authors": ["Cy Li"]},
    )
    assert done == Arrived(1, 1)
    assert fed.papers() == {
        1: ("It has none.", "arxiv:cs.CL 0"),
        2: ("Of May.", "arxiv:cs.CL 0"),
        3: ("Of June.", "arxiv:cs.CL 0"),
    }


def test_a_paper_of_a_file_gains_a_source_and_is_not_new(fed: Fed) -> None:
    """Nor is one of another feed; the richer fields win."""
    fed.load(TEA)
    assert fed.arrive(TEA | {"authors": ["Ann Bee"]}) == Arrived(0, 1)
    assert fed.arrive(TEA | {"abstract": "It is very green."}, feed=OTHER) == Arrived(0, 1)
    assert fed.papers() == {1: ("It is very green.", f"a.jsonl 1, {FEED} 0, {OTHER} 0")}
    assert fed.library.paper("2301.00001").authors == ("Ann Bee",)


def test_a_reload_leaves_alone_what_feeds_brought(fed: Fed) -> None:
    """A paper that leaves its file stands on by a feed, and one that comes to it is not new."""
    fed.load(TEA, NOTE)
    fed.arrive(TEA, COFFEE)
    assert fed.load(NOTE, COFFEE) == (0, 2, 0)
    assert fed.papers() == {
        1: ("It is green.", "arxiv:cs.CL 0"),
        2: ("It has no id.", "a.jsonl 1"),
        3: ("It is black.", "a.jsonl 2, arxiv:cs.CL 0"),
    }
    state = fed.library.status()
    assert (state.papers, state.records) == (3, 4)
    assert (state.records_by_file, state.records_by_feed) == ({"a.jsonl": 2}, {FEED: 2})


def test_the_last_load_is_the_corpuss(fed: Fed) -> None:
    """With what of the files cannot be read; counts are of all there is."""
    (fed.corpus / "b.jsonl").write_text("{}\n")
    fed.load(TEA)
    last = fed.library.status().last
    fed.arrive(COFFEE, "no JSON")
    state = fed.library.status()
    assert state.last == last
    assert fed.library.problems() == (Problem("b.jsonl", 1, "no title and no abstract"),)
    assert (state.papers, state.records) == (2, 2)
    with fed.store.reading() as db:
        latest = loads.latest(db)
    assert latest is not None
    assert (latest.feed, latest.by, latest.new, latest.unchanged) == (FEED, "", 1, 1)


def test_what_was_delivered_by_a_file_does_not_come_by_a_feed(fed: Fed) -> None:
    """It has the same number, also once it has left the file."""
    fed.load(TEA, NOTE)
    with fed.store.writing() as db:
        deliveries.claim(db, HERE, "token", [1], [{"text": ""}], NOW)
    fed.load(NOTE)
    assert fed.arrive(TEA) == Arrived(0, 1)
    with fed.store.snapshot() as db:
        assert deliveries.taken(db, HERE) == {1}
    assert fed.papers()[1] == ("It is green.", "arxiv:cs.CL 0")


def test_a_corpus_that_was_never_loaded_is_loaded_though_a_feed_was_quicker(fed: Fed) -> None:
    """So is one that was empty then."""
    fed.library.load_if_empty([fed.corpus], lambda: NOW)
    fed.arrive(COFFEE)
    (fed.corpus / "a.jsonl").write_text(json.dumps(TEA))
    fed.library.load_if_empty([fed.corpus], lambda: NOW)
    assert [where for _, where in fed.papers().values()] == ["arxiv:cs.CL 0", "a.jsonl 1"]


def test_beside_a_load_nothing_arrives(fed: Fed) -> None:
    """Whoever fetches tries again later."""
    with (
        load_lock.held(fed.store, "ana", NOW),
        pytest.raises(UserError, match=r"^ana's reload is under way$"),
    ):
        fed.arrive(TEA)
    assert fed.papers() == {}
    assert fed.arrive(TEA) == Arrived(1, 0)


def test_while_a_feed_arrives_it_is_no_load(fed: Fed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told of one, and who loads waits; for so long that they are refused only if it hangs."""
    monkeypatch.setattr(load_lock, "_STORED", 0)
    saw: list[object] = []
    publish = loads.publish

    def look_first(db: Database, load: loads.Load) -> None:
        saw.append(fed.library.status().under_way)
        with pytest.raises(UserError) as refused:
            fed.library.reload([fed.corpus], "ana", lambda: NOW)
        saw.append(refused.value.message)
        publish(db, load)

    monkeypatch.setattr(loads, "publish", look_first)
    assert fed.arrive(TEA) == Arrived(1, 0)
    assert saw == ["", "A feed's papers are still being stored"]


def test_what_cannot_be_published_is_as_if_it_was_never_told(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken back, and comes the next time."""

    def full(*_: object) -> None:
        raise OperatorError("the disk is full")

    fed.arrive(TEA)
    with monkeypatch.context() as patch:
        patch.setattr("bot.store.loads.publish", full)
        with pytest.raises(OperatorError, match=r"^the disk is full$"):
            fed.arrive(TEA | {"abstract": "Green."}, COFFEE)
    with fed.store.reading() as db:
        assert [db.table(name).count for name in ("paper", "description", "record")] == [1, 1, 1]
    assert fed.papers() == {1: ("It is green.", "arxiv:cs.CL 0")}
    assert fed.arrive(TEA | {"abstract": "Green."}, COFFEE) == Arrived(1, 1)


@pytest.mark.parametrize("lot", [1, 2])
def test_lots_make_no_difference(fed: Fed, monkeypatch: pytest.MonkeyPatch, lot: int) -> None:
    """However few entries are written at a time."""
    monkeypatch.setattr("bot.change._LOT", lot)
    said: Sequence[Said] = (TEA, COFFEE, NOTE)
    assert fed.arrive(*said) == Arrived(3, 0)
    assert fed.arrive(*({**each, "year": 2023} for each in reversed(said))) == Arrived(0, 3)
    assert [where for _, where in fed.papers().values()] == ["arxiv:cs.CL 0"] * 3


def test_an_id_that_was_told_is_not_lost(fed: Fed) -> None:
    """An entry without one says no less of the paper, and stands beside the other."""
    fed.arrive(TEA | {"authors": ["Ann Bee"]})
    assert fed.arrive({"title": "Tea", "abstract": "It is very green.", "authors": ["A. Bee"]}) == Arrived(
        0, 1
    )
    assert fed.papers() == {1: ("It is very green.", "arxiv:cs.CL 0, arxiv:cs.CL 0")}
    assert fed.library.paper("2301.00001").number == 1


def test_of_what_a_feed_tells_beside_each_other_nothing_replaces_the_other(fed: Fed) -> None:
    """Else they would take turns at every fetch."""
    other = {"title": "A Note", "abstract": "It is another.", "authors": ["A. Bee"]}
    fed.arrive(NOTE)
    assert fed.arrive(other, NOTE) == Arrived(0, 1)
    before, change = fed.papers(), fed.published()
    assert before == {1: ("It is another.", "arxiv:cs.CL 0, arxiv:cs.CL 0")}
    for told in ((NOTE, other), (other, NOTE), (other,)):
        assert fed.arrive(*told) == Arrived()
    assert (fed.papers(), fed.published()) == (before, change)


def test_a_corpus_without_papers_is_refused_whatever_feeds_have_brought(fed: Fed) -> None:
    """Its folder may be one that nobody mounted."""
    fed.load(TEA)
    fed.arrive(COFFEE)
    before = fed.papers()
    with pytest.raises(OperatorError, match=r"^the corpus holds no papers any more$"):
        fed.load()
    assert fed.papers() == before


def test_parts_of_a_paper_may_share_a_doi(fed: Fed) -> None:
    """Two preprints stay two."""
    parts = [each | {"doi": "10.1000/182"} for each in (TEA, COFFEE)]
    assert fed.arrive(parts[0]) == Arrived(1, 0)
    assert fed.arrive(parts[1]) == Arrived(1, 0)
    assert [where for _, where in fed.papers().values()] == ["arxiv:cs.CL 0"] * 2
