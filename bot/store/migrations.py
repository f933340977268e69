"""The schema, as an append-only list of steps.

Law: a step that has been released is never changed; a change is a new step at the end. Each runs in its own
transaction, and sqlite-utils records that it ran.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("paperboy")

_FOREVER = 1 << 62  # as `papers.FOREVER`, which may change when this may not


@migrations()
def m001_papers(db: Database) -> None:
    """Papers by their permanent integer, the keys they are known by, the places where they stand."""
    db.table("paper").create(
        {
            "number": int,
            "shown_id": str,
            "title": str,
            "title_origin": str,
            "abstract": str,
            "first_author": str,
            "authors": str,
            "year": int,
            "arxiv_id": str,
            "acl_id": str,
            "url": str,
        },
        pk="number",
        not_null={"shown_id", "title", "title_origin", "abstract", "first_author", "authors"}
        | {"arxiv_id", "acl_id", "url"},
    )
    db.table("paper").create_index(["shown_id"], unique=True)
    db.table("paper_key").create(
        {"key": str, "paper": int}, pk=("key", "paper"), foreign_keys=[("paper", "paper", "number")]
    )
    db.table("paper_key").create_index(["paper"])
    db.table("paper_source").create(
        {"id": int, "paper": int, "file": str, "line": int, "raw": str},
        pk="id",
        not_null={"paper", "file", "line", "raw"},
        foreign_keys=[("paper", "paper", "number")],
    )
    db.table("paper_source").create_index(["paper"])


@migrations()
def m002_loads(db: Database) -> None:
    """Record loads of the corpus: what each brought, and the places it could not read."""
    db.table("load").create(
        {"id": int, "loaded_at": str, "records": int, "papers": int},
        pk="id",
        not_null={"loaded_at", "records", "papers"},
    )
    db.table("load_problem").create(
        {"id": int, "load": int, "file": str, "line": int, "reason": str},
        pk="id",
        not_null={"load", "file", "line", "reason"},
        foreign_keys=[("load", "load", "id")],
    )
    db.table("load_problem").create_index(["load"])


@migrations()
def m003_once(db: Database) -> None:
    """Record what may happen only once: kind and key, when it was claimed (Unix seconds), if it is done."""
    db.table("once").create(
        {"kind": str, "key": str, "at": int, "done": int},
        pk=("kind", "key"),
        not_null={"kind", "key", "at", "done"},
        defaults={"done": 0},
    )
    db.table("once").create_index(["kind", "at"])


@migrations()
def m004_topics(db: Database) -> None:
    """Record what channels follow, which workspaces let nobody in, and when each paper was first seen.

    Times are Unix seconds. A topic's `same` is what two topics share when they ask for the same; `last_date`
    is the local date of the slot that was decided last; `ended_at` is set when nobody follows it any more.
    """
    db.conn.execute("ALTER TABLE paper ADD COLUMN first_seen INTEGER NOT NULL DEFAULT 0")
    db.conn.execute(
        "UPDATE paper SET first_seen ="
        " coalesce((SELECT min(strftime('%s', loaded_at)) FROM load WHERE papers > 0), 0)"
    )
    db.table("paper").create_index(["first_seen"])
    db.table("workspace").create(
        {"team": str, "stopped_at": float, "why": str}, pk="team", not_null={"stopped_at", "why"}
    )
    db.table("topic").create(
        {
            "id": int,
            "team": str,
            "channel": str,
            "number": int,
            "query": str,
            "same": str,
            "strictness": str,
            "top": int,
            "weekdays": str,
            "month_day": int,
            "minute": int,
            "zone": str,
            "owner": str,
            "owner_name": str,
            "created_at": float,
            "counts_from": float,
            "newest": int,
            "earlier": int,
            "revision": int,
            "last_date": str,
            "paused_at": float,
            "paused_by": str,
            "paused_why": str,
            "ended_at": float,
        },
        pk="id",
        not_null={"team", "channel", "number", "query", "same", "strictness", "top", "weekdays", "month_day"}
        | {"minute", "zone", "owner", "owner_name", "created_at", "counts_from", "newest", "earlier"}
        | {"revision", "last_date", "paused_by", "paused_why"},
        defaults={"revision": 1, "last_date": "", "paused_by": "", "paused_why": ""},
    )
    db.table("topic").create_index(["team", "channel", "number"], unique=True)
    db.conn.execute("CREATE UNIQUE INDEX topic_same ON topic (team, channel, same) WHERE ended_at IS NULL")


@migrations()
def m005_deliveries(db: Database) -> None:
    """Record what was, is and may be on its way to channels, and when each got a message last.

    A delivery is one message and the replies in its thread; its `token` stands in their metadata. `decided`
    has one row for each topic and local date, whether or not there was anything to say; `earlier` is what the
    topic had then, should the delivery be taken back. A message's `tried_at` is set while nobody knows
    whether Slack took it, its `ts` once it did.
    """
    db.table("delivery").create(
        {
            "id": int,
            "token": str,
            "team": str,
            "channel": str,
            "claimed_at": float,
            "next_at": float,
            "attempts": int,
            "state": str,
            "error": str,
        },
        pk="id",
        not_null={"token", "team", "channel", "claimed_at", "next_at", "attempts", "state", "error"},
        defaults={"attempts": 0, "state": "open", "error": ""},
    )
    db.table("delivery").create_index(["token"], unique=True)
    db.conn.execute("CREATE INDEX delivery_unfinished ON delivery (team) WHERE state IN ('open', 'held')")
    db.table("delivery").create_index(["team", "channel"])
    db.table("decided").create(
        {
            "topic": int,
            "date": str,
            "at": float,
            "upto": int,
            "papers": int,
            "waiting": int,
            "earlier": int,
            "delivery": int,
        },
        pk=("topic", "date"),
        not_null={"at", "upto", "papers", "waiting", "earlier"},
        foreign_keys=[("topic", "topic", "id"), ("delivery", "delivery", "id")],
    )
    db.table("decided").create_index(["delivery"])
    db.table("delivered_paper").create(
        {"team": str, "channel": str, "paper": int, "delivery": int},
        pk=("team", "channel", "paper"),
        not_null={"delivery"},
        foreign_keys=[("paper", "paper", "number"), ("delivery", "delivery", "id")],
    )
    db.table("delivered_paper").create_index(["delivery"])
    db.table("delivery_message").create(
        {
            "delivery": int,
            "part": int,
            "content": str,
            "tried_at": float,
            "ts": str,
        },
        pk=("delivery", "part"),
        not_null={"content"},
        foreign_keys=[("delivery", "delivery", "id")],
    )
    db.table("posting").create(
        {"team": str, "channel": str, "posted_at": float}, pk=("team", "channel"), not_null={"posted_at"}
    )


@migrations()
def m006_changes(db: Database) -> None:
    """Give changes of papers a number, tell which are gone, and record the indexes made of them on disk.

    A paper's `changed` is the number of its last change: its addition, revision or removal; 0 where that was
    before changes had numbers. `gone` is 1 once it left the corpus. A generation is an index on disk that is
    whole; `change` is the newest change it holds, `made_at` is in Unix seconds. Where a paper stands, and how
    many stand in a file, is read from indexes: a row of `paper_source` holds a whole text.
    """
    db.conn.execute("ALTER TABLE paper ADD COLUMN changed INTEGER NOT NULL DEFAULT 0")
    db.conn.execute("ALTER TABLE paper ADD COLUMN gone INTEGER NOT NULL DEFAULT 0")
    db.table("paper").create_index(["changed"])
    db.conn.execute("CREATE INDEX paper_gone ON paper (changed) WHERE gone = 1")
    db.table("paper_source").create_index(["paper", "file", "line"])
    db.conn.execute("DROP INDEX idx_paper_source_paper")  # the beginning of the one above
    db.table("paper_source").create_index(["file"])
    db.table("generation").create(
        {"id": int, "folder": str, "change": int, "made_at": float},
        pk="id",
        not_null={"folder", "change", "made_at"},
    )


@migrations()
def m007_doi(db: Database) -> None:
    """Keep the DOI of a paper, empty where none is known."""
    db.conn.execute("ALTER TABLE paper ADD COLUMN doi TEXT NOT NULL DEFAULT ''")


@migrations()
def m008_versions(db: Database) -> None:
    """Keep descriptions and records in versions, so that a load can be written while the last one is read.

    What is published is the highest `change` of a load: later ones are being written, or were when a process
    was killed.
    """
    change = db.conn.execute("SELECT coalesce(max(changed), 0) FROM paper").fetchone()[0]
    _describe_in_versions(db)
    _record_in_versions(db)
    _publish_by_load(db, change)


@migrations()
def m009_feeds(db: Database) -> None:
    """Keep the feeds that are followed, and tell them from files, and what they brought from loads."""
    _execute(
        db,
        "ALTER TABLE file ADD COLUMN feed INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE load ADD COLUMN feed TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE feed (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
        " by TEXT NOT NULL DEFAULT '', due REAL NOT NULL, etag TEXT NOT NULL DEFAULT '',"
        " modified TEXT NOT NULL DEFAULT '', succeeded REAL, fault TEXT NOT NULL DEFAULT '',"
        " faults INTEGER NOT NULL DEFAULT 0)",
    )


@migrations()
def m010_who_follows_feeds(db: Database) -> None:
    """Keep who added a feed, and when it failed last, which is told also when it is well again."""
    _execute(
        db,
        "ALTER TABLE feed ADD COLUMN user TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE feed ADD COLUMN failed REAL",
        "CREATE INDEX load_feed ON load (feed, new)",
    )


def _describe_in_versions(db: Database) -> None:
    """Move what is known of papers to `description`: each from the change `since` up to the change `until`.

    Whoever got a paper that was `merged` with its home, or of which that is a part now, has got its home.
    """
    columns = (
        "shown_id, title, title_origin, abstract, first_author, authors, year, arxiv_id, acl_id, doi, url"
    )
    _execute(
        db,
        "CREATE TABLE description (id INTEGER PRIMARY KEY, paper INTEGER NOT NULL REFERENCES paper(number),"
        f" since INTEGER NOT NULL, until INTEGER NOT NULL DEFAULT {_FOREVER}, shown_id TEXT NOT NULL,"
        " title TEXT NOT NULL, title_origin TEXT NOT NULL, abstract TEXT NOT NULL,"
        " first_author TEXT NOT NULL, authors TEXT NOT NULL, year INTEGER, arxiv_id TEXT NOT NULL,"
        " acl_id TEXT NOT NULL, doi TEXT NOT NULL, url TEXT NOT NULL)",
        f"INSERT INTO description (paper, since, until, {columns})"
        " SELECT number, CASE gone WHEN 1 THEN 0 ELSE changed END,"
        f" CASE gone WHEN 1 THEN changed ELSE {_FOREVER} END, {columns} FROM paper ORDER BY number",
        "CREATE UNIQUE INDEX description_paper ON description (paper, since)",
        "CREATE INDEX description_since ON description (since)",
        f"CREATE INDEX description_ended ON description (until) WHERE until < {_FOREVER}",
        "DROP INDEX IF EXISTS paper_gone",
        *(f"DROP INDEX IF EXISTS idx_paper_{index}" for index in ("changed", "first_seen", "shown_id")),
        *(f"ALTER TABLE paper DROP COLUMN {each}" for each in ("changed", "gone", *columns.split(", "))),
        "ALTER TABLE paper ADD COLUMN since INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX paper_since ON paper (since)",
        "ALTER TABLE paper_key ADD COLUMN since INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX paper_key_since ON paper_key (since)",
        "CREATE TABLE merged (paper INTEGER NOT NULL REFERENCES paper(number),"
        " home INTEGER NOT NULL REFERENCES paper(number), since INTEGER NOT NULL, PRIMARY KEY (paper, home))",
        "CREATE INDEX merged_home ON merged (home)",
        "CREATE INDEX delivered_paper_paper ON delivered_paper (paper)",
    )


def _record_in_versions(db: Database) -> None:
    """Keep the files, and in which places of them papers stand, from one change up to another.

    A `file` has the stamp and digest of when it was read, and how many records it gave. Of a `record`,
    `digest` is that of the text there, 0 where none was kept; `fields` is what that place alone says, as
    JSON, where its paper stands in several. Records that have `moved` within their file wait to be told so.
    """
    _execute(
        db,
        "CREATE TABLE file (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
        " size INTEGER NOT NULL DEFAULT -1, changed INTEGER NOT NULL DEFAULT -1,"
        " digest TEXT NOT NULL DEFAULT '', reader TEXT NOT NULL DEFAULT '',"
        " records INTEGER NOT NULL DEFAULT 0)",
        "INSERT INTO file (name, records)"
        " SELECT file, count(*) FROM paper_source GROUP BY file ORDER BY file",
        "CREATE TABLE record (id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file(id),"
        " line INTEGER NOT NULL, digest INTEGER NOT NULL DEFAULT 0,"
        " paper INTEGER NOT NULL REFERENCES paper(number), since INTEGER NOT NULL,"
        f" until INTEGER NOT NULL DEFAULT {_FOREVER}, fields TEXT)",
        "INSERT INTO record (file, line, paper, since)"
        " SELECT file.id, line, paper, 0 FROM paper_source JOIN file ON file.name = paper_source.file"
        " ORDER BY paper_source.id",
        "CREATE INDEX record_paper ON record (paper)",
        f"CREATE INDEX record_file ON record (file) WHERE until = {_FOREVER}",
        "CREATE INDEX record_since ON record (since)",
        f"CREATE INDEX record_ended ON record (until) WHERE until < {_FOREVER}",
        "CREATE TABLE moved (record INTEGER PRIMARY KEY, line INTEGER NOT NULL, since INTEGER NOT NULL)",
        "CREATE INDEX moved_since ON moved (since)",
        "DROP TABLE paper_source",
    )


def _publish_by_load(db: Database, change: int) -> None:
    """Keep with each load what it published and brought, and whose it was; `loading` is the last to begin.

    `problem` is what the corpus holds and cannot be read, in order.
    """
    counts = ("change", "new", "revised", "unchanged", "removed")
    _execute(
        db,
        *(f"ALTER TABLE load ADD COLUMN {count} INTEGER NOT NULL DEFAULT 0" for count in counts),
        "ALTER TABLE load ADD COLUMN by TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE load ADD COLUMN seconds REAL NOT NULL DEFAULT 0",
        "UPDATE load SET new = papers",
        f"UPDATE load SET change = {change} WHERE id = (SELECT max(id) FROM load)",
        "CREATE INDEX load_change ON load (change)",
        "CREATE TABLE loading (id INTEGER PRIMARY KEY CHECK (id = 1), by TEXT NOT NULL, at REAL NOT NULL)",
        "CREATE TABLE problem (id INTEGER PRIMARY KEY, file TEXT NOT NULL, line INTEGER NOT NULL,"
        " reason TEXT NOT NULL)",
        "INSERT INTO problem (file, line, reason) SELECT file, line, reason FROM load_problem"
        " WHERE load = (SELECT max(id) FROM load) ORDER BY id",
        "DROP TABLE load_problem",
    )


def _execute(db: Database, *steps: str) -> None:
    for step in steps:
        db.conn.execute(step)
