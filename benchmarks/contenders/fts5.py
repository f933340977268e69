"""SQLite's FTS5 with bm25(), k1 1.2 and b .75; it keeps the index alone, without the text.

Its tokenizer cuts at whatever is no letter and no digit; made papers' terms have nothing else.
"""

import sqlite3
from collections.abc import Sequence

from benchmarks.contenders import Growing

_CREATE = "CREATE VIRTUAL TABLE papers USING fts5(text, content='', tokenize='unicode61 remove_diacritics 0')"
_INSERT = "INSERT INTO papers (rowid, text) VALUES (?, ?)"
_BEST = "SELECT rowid FROM papers WHERE papers MATCH ? ORDER BY rank LIMIT ?"


class Fts5(Growing):
    """One table in one file."""

    def build(self) -> None:
        """Insert all in one transaction, and merge what came of it into one tree."""
        self.open()
        with self.tokens.open(encoding="utf-8") as file, self.db:
            self.db.execute(_CREATE)
            self.db.executemany(_INSERT, enumerate(file))
            self.db.execute("INSERT INTO papers (papers) VALUES ('optimize')")
        self.db.close()

    def open(self) -> None:
        """Connect as the app does, but that the file is mapped, as other engines' are."""
        self.db = sqlite3.connect(self.folder / "papers.db")
        self.db.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 10000000000"
        )

    def best(self, terms: Sequence[str], limit: int) -> list[int]:
        """Ask for any of the terms; quotes, as some are operators."""
        words = " OR ".join(f'"{term}"' for term in terms)
        return [number for (number,) in self.db.execute(_BEST, (words, limit))]

    def add(self, number: int, terms: Sequence[str]) -> None:
        """Commit it."""
        with self.db:
            self.db.execute(_INSERT, (number, " ".join(terms)))
