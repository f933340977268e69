"""Everything Paperboy must remember, in one SQLite file, through sqlite-utils.

    database     how a connection is opened, read from and written to
    migrations   the schema, as an append-only list of steps
    papers       papers, the keys they are known by, and where they stand
    loads        what each load of the corpus brought, and what it could not read
    generations  the indexes on disk, and which of them is current
    topics       what channels follow
    deliveries   what was, is and may be on its way to channels
    once         what may happen only once, and whether it is done

The modules of table groups are functions over an open `sqlite_utils.Database`.
"""

from sqlite_utils import Database

from bot.store.database import Store

__all__ = ["Database", "Store"]
