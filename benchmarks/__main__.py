"""`make bench`: every section in turn, then benchmarks/RESULTS.md."""

import sys
from functools import partial

from benchmarks import (
    assessments,
    copies,
    data,
    pdf,
    portal,
    registry,
    results,
    scan_rows,
    scan_size,
    scanning,
    trail,
    tuning,
)

SECTIONS = {
    "portal": portal.measure,
    "trail": trail.measure,
    "data": data.measure,
    "scanning": scanning.measure,
    "scan-personal-1m": scan_rows.personal,
    "tuning": tuning.measure,
    "pdf": pdf.measure,
    "registry": registry.measure,
    "assessments": assessments.measure,
}
SIZES = {f"scan-{size:g}gb": partial(scan_size.measure, size) for size in scan_size.SIZES}
SECTIONS |= dict([*SIZES.items()][:1])
# Measured where they are named: the largest scan takes more than an hour.
LONG = dict([*SIZES.items()][1:]) | {"scan-1m": scan_rows.every, "copies-10m": copies.measure}


def main() -> None:
    """Measure all sections but the long ones, or those named on the command line, and write their figures."""
    wanted = sys.argv[1:] or list(SECTIONS)
    sections = []
    for name in wanted:
        print(f"Measuring: {name}", flush=True)
        section = (SECTIONS | LONG)[name]()
        sections.append(section)
        for figure in section.figures:
            print(f"  {figure.what}: {figure.value}", flush=True)
    print(f"Written: {results.write(sections)}")


if __name__ == "__main__":
    main()
