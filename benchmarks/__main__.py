"""`python -m benchmarks`: the tables of speed, or those that are named.

`crash`, which may be named among them, `engine`, `large` and `quality FOLDER` are made only where they are
named.
"""

import argparse
import sys

from benchmarks import answer, crash, digests, engine, large, quality, start
from benchmarks.table import machine, show, verdict

TABLES = {"start": start.measure, "answer": answer.measure, "digests": digests.measure}
ALONE = {"crash": crash.measure}  # takes ten minutes: only where it is named


def main() -> int:
    """Print the tables; returns 1 where a result was wrong, whatever the times."""
    for name, command in {"engine": engine.main, "large": large.main, "quality": quality.main}.items():
        if sys.argv[1:2] == [name]:
            return command(sys.argv[2:])
    known = TABLES | ALONE
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="table", help=", ".join(known))
    named = parser.parse_args().tables
    if unknown := set(named) - set(known):
        parser.error(f"no such table: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    print(machine())
    faults: list[str] = []
    for name in named or TABLES:
        table = known[name]()
        show(table)
        faults += table.faults
    return verdict(faults)


if __name__ == "__main__":
    sys.exit(main())
