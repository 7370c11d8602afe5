"""`make bench`: every section in turn, then benchmarks/RESULTS.md."""

import sys

from benchmarks import data, pdf, portal, results, scanning, trail, tuning

SECTIONS = {
    "portal": portal.measure,
    "trail": trail.measure,
    "data": data.measure,
    "scanning": scanning.measure,
    "tuning": tuning.measure,
    "pdf": pdf.measure,
}


def main() -> None:
    """Measure all sections, or only those named on the command line, and write their figures."""
    wanted = sys.argv[1:] or list(SECTIONS)
    sections = []
    for name in wanted:
        print(f"Measuring: {name}", flush=True)
        section = SECTIONS[name]()
        sections.append(section)
        for figure in section.figures:
            print(f"  {figure.what}: {figure.value}", flush=True)
    print(f"Written: {results.write(sections)}")


if __name__ == "__main__":
    main()
