"""What may happen only once: whoever claims it first does it.

Law: a claim is committed before what it stands for is done, so two never do it, and neither does one whom
Slack asks again after a restart.
"""

from datetime import datetime

from sqlite_utils import Database


def claim(db: Database, kind: str, key: str, now: datetime) -> bool:
    """Claim what this kind and key name; False where somebody has done so before."""
    row = [kind, key, int(now.timestamp())]
    done = db.conn.execute("INSERT INTO once (kind, key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
    return done.rowcount == 1


def release(db: Database, kind: str, key: str) -> None:
    """Give a claim back, where what it stands for was certainly not done."""
    db.conn.execute("DELETE FROM once WHERE kind = ? AND key = ?", [kind, key])


def forget(db: Database, kind: str, before: datetime) -> None:
    """Forget the claims of a kind from before a time, when nobody can ask for them again."""
    db.conn.execute("DELETE FROM once WHERE kind = ? AND at < ?", [kind, int(before.timestamp())])
