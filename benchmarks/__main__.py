"""`python -m benchmarks`: the tables of speed, or those that are named; `crash`, `quality FOLDER`: those."""

import argparse
import os
import platform
import sys

from benchmarks import answer, crash, digests, engine, quality, start
from benchmarks.table import show

TABLES = {"start": start.measure, "answer": answer.measure, "engine": engine.measure}
TABLES |= {"digests": digests.measure}
ALONE = {"crash": crash.measure}  # takes ten minutes: only where it is named


def main() -> int:
    """Print the tables; returns 1 where a result was wrong, whatever the times."""
    if sys.argv[1:2] == ["quality"]:
        return quality.main(sys.argv[2:])
    known = TABLES | ALONE
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="table", help=", ".join(known))
    named = parser.parse_args().tables
    if unknown := set(named) - set(known):
        parser.error(f"no such table: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    system = f"{platform.system()} {platform.machine()}"
    print(f"Python {platform.python_version()}, {system}, {os.cpu_count()} cores")
    faults: list[str] = []
    for name in named or TABLES:
        table = known[name]()
        show(table)
        faults += table.faults
    for fault in faults:
        print(f"\nWRONG RESULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
