"""Commits the rows of a JSON Lines file to a new Deep Lake dataset, in a process of its own: `lake.py FILE FOLDER`.

Prints one JSON object: seconds from the first byte read to the end of the commit, rows, bytes on disk, version.
"""

import json
import sys
import time
from itertools import islice
from pathlib import Path

import deeplake

BATCH = 50_000  # rows handed over at a time: fewer are slower, more need more memory
TYPES = {int: deeplake.types.Int64, str: deeplake.types.Text}


def main(source: str, folder: str) -> None:
    began = time.monotonic()
    with open(source, encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        first = next(rows)
        lake = deeplake.create(f"file://{folder}")
        for name, value in first.items():
            lake.add_column(name, TYPES[type(value)]())
        batch = [first, *islice(rows, BATCH - 1)]
        while batch:
            lake.append({name: [row[name] for row in batch] for name in first})
            batch = list(islice(rows, BATCH))
    lake.commit("rows")
    seconds = time.monotonic() - began
    size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    told = {"seconds": seconds, "rows": len(lake), "bytes": size, "version": deeplake.__version__}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
