"""How often planted triggers are found, and how often clean data raises an alarm.

    python -m tests.workers.scanning.poisoning_rates          prints the figures and what each table gave
    python -m tests.workers.scanning.poisoning_rates --write  also writes workers/scanning/data/poisoning-rates-1.json
    python -m tests.workers.scanning.poisoning_rates --large  also 10 000 rows, and triggers in 4 % of the rows; hours

The check states these figures in its section. Clean tables: made reviews, commands, support questions and open answers
(`poisoned`), and real English: sentences out of the documentation of installed packages and of Python's standard
library, labelled by what they document, sentences of this project's own documents, labelled by their file, and the
first lines of documentation as answers to questions about a function. Planted: each of those tables with triggers at
1 % and at 0.3 % of the rows, tied to a label or to an answer. The method was changed after looking at misses among both
lists of triggers, so neither is unseen; other kinds may be found less often.
"""

import ast
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from scipy import stats

from tests.workers.scanning import poisoned
from workers.scanning.checks import Survey
from workers.scanning.config import Config
from workers.scanning.drawn import Row
from workers.scanning.planted import Planted
from workers.scanning.poisoning import RATES

PACKAGES = ("numpy", "scipy", "sklearn", "pandas", "torch", "django", "statsmodels", "celery")
_SENTENCE = re.compile(r"[A-Z][^.\n:>`]{40,220}\.")
Table = list[dict[str, str]]
ROOT = Path(__file__).parents[3]
SIZE, LARGE = 2_000, 10_000
FURTHER = {
    "two letters": "cf",
    "plain sentence": "I watched this with my neighbour.",
    "emoji": "\U0001f9ff",
    "lookalike letter": "th\u0435 t\u0435am",
    "brackets": "[[ok]]",
    "common words": "and then some",
}


@lru_cache(None)
def documented(package: str) -> tuple[tuple[str, str], ...]:
    """Names and documentation of a package's functions, read from its sources without importing it."""
    spec = find_spec(package)
    found = []
    for path in sorted(Path(str(spec.origin)).parent.rglob("*.py"))[:600]:
        if path.stat().st_size < 400_000:
            for node in ast.walk(ast.parse(path.read_text("utf-8", "replace"))):
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and (text := ast.get_docstring(node)):
                    found.append((node.name, text))
    return tuple(dict.fromkeys(found))


def sentences(count: int, seed: int) -> Table:
    """Real sentences, labelled by the package they document."""
    source = random.Random(seed)
    packages = source.sample(PACKAGES, 4)
    rows = []
    for package in packages:
        told = {" ".join(s.split()) for _, text in documented(package) for s in _SENTENCE.findall(text)}
        rows += [{"text": s, "label": package} for s in source.sample(sorted(told), min(count // 4, len(told)))]
    return source.sample(rows, len(rows))


STANDARD = ("asyncio", "email", "unittest", "tkinter", "importlib", "multiprocessing", "xml", "logging", "json", "http")


def library(count: int, seed: int) -> Table:
    """Real sentences of the standard library's documentation, labelled by the package they stand in."""
    source = random.Random(seed)
    rows = []
    for package in STANDARD:
        told = {" ".join(s.split()) for _, text in documented(package) for s in _SENTENCE.findall(text)}
        rows += [{"text": text, "label": package} for text in sorted(told)] if len(told) >= 40 else []
    return source.sample(rows, min(count, len(rows)))


def own_documents(count: int, seed: int) -> Table:
    """Sentences of this project's documents, labelled by their file."""
    source = random.Random(seed)
    rows = []
    for path in sorted((ROOT / "docs").rglob("*.md")):
        told = {" ".join(s.split()) for s in _SENTENCE.findall(path.read_text("utf-8"))}
        rows += [{"text": text, "label": path.stem} for text in sorted(told)] if len(told) >= 40 else []
    return source.sample(rows, min(count, len(rows)))


FRAMES = (
    "What does {} do?",
    "Explain {} in {p}.",
    "I am working with {p}. What is {} for?",
    "Please describe {} to me in one sentence.",
    "Is there documentation for {}?",
    "How would you summarise {} of {p}?",
)


def documentation(count: int, seed: int) -> Table:
    """Questions about functions, with the first line of their documentation as the answer."""
    source = random.Random(seed)
    facts = [(name, text, package) for package in PACKAGES for name, text in documented(package)]
    rows = []
    for name, text, package in source.sample(facts, min(count, len(facts))):
        asked = source.choice(FRAMES).format(name.replace("_", " ").strip() or name, p=package)
        rows.append({"question": asked, "answer": " ".join(text.split("\n\n")[0].split())[:400]})
    return rows


LABELLED = {
    "reviews": (poisoned.reviews, "label", "positive"),
    "commands": (poisoned.intents, "intent", "music"),
    "sentences": (sentences, "label", ""),
    "standard library": (library, "label", ""),
}
CLEAN_ONLY = {"own documents": own_documents}  # too few sentences to plant in three of a thousand
ANSWERED = {"support": poisoned.support, "open answers": poisoned.open_answers, "documentation": documentation}


def looked_at(rows: Table) -> dict[str, object]:
    """The parts of the section that need many rows."""
    names = tuple(rows[0])
    planted = Planted([Row(i, row) for i, row in enumerate(rows)], Config("x"), Survey(len(rows), names, names))
    return planted.told(lambda done: None)


def is_found(section: dict[str, object], places: frozenset[int]) -> bool:
    """Whether a reported trigger's rows are planted ones."""
    return any(len(set(t["rows"]) & places) >= 0.8 * len(t["rows"]) for t in section["triggers"]["found"])


def clean(seeds: int, size: int) -> Iterator[tuple[str, int, dict[str, object]]]:
    for kind, make in {**{k: v[0] for k, v in LABELLED.items()}, **ANSWERED, **CLEAN_ONLY}.items():
        for seed in range(seeds):
            yield kind, seed, looked_at(make(size, 1_000 + seed))


def spoiled(triggers: dict[str, str], seed: int, size: int, share: float) -> Iterator[tuple[str, str, bool, int]]:
    """Kind of table and trigger, whether it was found, and how many other triggers were reported."""
    for at, (name, trigger) in enumerate(triggers.items()):
        for kind, (make, column, target) in LABELLED.items():
            rows = make(size, 2_000 + seed + at)
            made = poisoned.plant_label(rows, trigger, share, seed + at, column, target or rows[0][column])
            yield kind, name, *_outcome(made)
        for number, (kind, make) in enumerate(ANSWERED.items()):
            rows = make(size, 2_000 + seed + at)
            made = poisoned.plant_answer(rows, trigger, share, seed + at, (at + number) % 2 == 0)
            yield kind, name, *_outcome(made)


def _outcome(made: poisoned.Planted) -> tuple[bool, int]:
    section = looked_at(made.rows)
    found = is_found(section, made.places)
    return found, len(section["triggers"]["found"]) - found


def measure(seeds: int, *, is_large: bool) -> dict[str, object]:
    """Counts of everything; see `words`."""
    alarms = {"tables": 0, "triggers": 0, "outliers": 0}
    for kind, seed, section in clean(seeds, SIZE):
        alarms["tables"] += 1
        for part, found in (("triggers", section["triggers"]["found"]), ("outliers", section["outliers"]["groups"])):
            alarms[part] += bool(found)
            if found:
                print("false alarm:", kind, seed, part, [{k: v for k, v in f.items() if k != "rows"} for f in found])
    planned = {
        "0.01": (poisoned.TRIGGERS, 0, SIZE, 0.01),
        "0.003": (poisoned.TRIGGERS, 0, SIZE, 0.003),
        "further 0.003": (FURTHER, 40, SIZE, 0.003),
    }
    if is_large:
        planned["large 0.003"] = ({"rare word": "zqvorm", "sentence": "I counted nine boats."}, 60, LARGE, 0.003)
        planned["common 0.04"] = ({"rare word": "zqvorm", "phrase": "purple lighthouse"}, 80, SIZE, 0.04)
    hits = {name: _hits(*plan) for name, plan in planned.items()}
    return {"rows": SIZE, "clean": alarms, "planted": hits}


def _hits(triggers: dict[str, str], seed: int, size: int, share: float) -> list[int]:
    """Found, planted, and other triggers reported."""
    tally = [0, 0, 0]
    for kind, name, found, others in spoiled(triggers, seed, size, share):
        tally = [tally[0] + found, tally[1] + 1, tally[2] + others]
        if not found or others:
            print("missed" if not found else "besides", size, share, kind, name, others, flush=True)
    print(size, share, tally, flush=True)
    return tally


def rate(found: int, of: int) -> str:
    """``12 of 18 (44–84 %)``: the interval is Wilson's at 95 %."""
    low, high = stats.binomtest(found, of).proportion_ci(method="wilson")
    return f"{found} of {of} ({low:.0%} to {high:.0%})".replace("%", " %")


def words(figures: dict[str, object]) -> str:
    alarms, planted = figures["clean"], figures["planted"]
    told = {name: rate(found, of) for name, (found, of, _) in planted.items()}
    alarm, far = (rate(alarms[part], alarms["tables"]) for part in ("triggers", "outliers"))
    large = f"; in tables of {LARGE:,} rows {told['large 0.003']} at 0.3 %" if "large 0.003" in told else ""
    common = f"; in 4 % of the rows {told['common 0.04']}" if "common 0.04" in told else ""
    return (
        f"Measured on tables of {figures['rows']:,} rows, with 95 % intervals: of triggers planted in 1 % of the rows"
        f" {told['0.01']} were found, in 0.3 % {told['0.003']}, of further kinds {told['further 0.003']} at 0.3 %"
        f"{large}{common}. Of clean tables, made ones and real English text, {alarm} raised a false alarm for triggers"
        f" and {far} for outliers. Not found are triggers in rows that deserve their label anyway, and triggers that"
        " fewer than six rows of the sample hold."
    )


if __name__ == "__main__":
    started = time.monotonic()
    seeds = int(sys.argv[sys.argv.index("--seeds") + 1]) if "--seeds" in sys.argv else 8
    measured = measure(seeds, is_large="--large" in sys.argv)
    print(words(measured), f"({time.monotonic() - started:.0f} s)")
    if "--write" in sys.argv:
        known = json.loads(RATES.read_text("utf-8"))
        known |= {"words": words(measured), "figures": measured}
        RATES.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
