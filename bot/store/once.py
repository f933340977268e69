"""What may happen only once: whoever claims it first does it.

Law: a claim is committed before what it stands for is done, so two never do it, and neither does one whom
Slack asks again after a restart. That it is done is recorded afterwards: of a claim in between nobody knows.
"""

from datetime import datetime

from sqlite_utils import Database


def claim(db: Database, kind: str, key: str, now: datetime) -> bool:
    """Claim what this kind and key name; False where somebody has done so before."""
    row = [kind, key, int(now.timestamp())]
    made = db.conn.execute("INSERT INTO once (kind, key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
    return made.rowcount == 1


def finish(db: Database, kind: str, key: str) -> None:
    """Record that what was claimed is done."""
    db.conn.execute("UPDATE once SET done = 1 WHERE kind = ? AND key = ?", [kind, key])


def is_done(db: Database, kind: str, key: str) -> bool:
    """Tell whether what was claimed is known to be done."""
    found = db.conn.execute("SELECT done FROM once WHERE kind = ? AND key = ?", [kind, key]).fetchone()
    return bool(found and found[0])


def release(db: Database, kind: str, key: str) -> None:
    """Give a claim back, where what it stands for was certainly not done, or is over."""
    db.conn.execute("DELETE FROM once WHERE kind = ? AND key = ?", [kind, key])


def keys(db: Database, kind: str) -> set[str]:
    """Return what is claimed of a kind."""
    return {key for (key,) in db.conn.execute("SELECT key FROM once WHERE kind = ?", [kind])}


def forget(db: Database, kind: str, before: datetime) -> None:
    """Forget the claims of a kind from before a time, when nobody can ask for them again."""
    db.conn.execute("DELETE FROM once WHERE kind = ? AND at < ?", [kind, int(before.timestamp())])
