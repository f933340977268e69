"""The schema, as an append-only list of steps.

Law: a step that has been released is never changed; a change is a new step at the end. Each runs in its own
transaction, and sqlite-utils records that it ran.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("paperboy")


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
