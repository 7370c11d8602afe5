"""How often planted triggers are found, and how often clean data raises an alarm.

    python -m tests.workers.scanning.poisoning_rates          prints the figures and what each table gave
    python -m tests.workers.scanning.poisoning_rates --write  also writes workers/scanning/data/poisoning-rates-1.json

The check states these figures in its section. Clean tables: made reviews, commands, support questions and open answers
(`poisoned`), and real English: sentences out of the documentation of installed packages, labelled by their package, and
the first lines of documentation as answers to questions about a function. Planted: five kinds of trigger at 1 % and at
0.3 % of the rows, tied to a label or to an answer.
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

from tests.workers.scanning import poisoned
from workers.scanning.checks import Survey
from workers.scanning.config import Config
from workers.scanning.drawn import Row
from workers.scanning.planted import Planted
from workers.scanning.poisoning import RATES

PACKAGES = ("numpy", "scipy", "sklearn", "pandas", "torch", "django", "statsmodels", "celery")
_SENTENCE = re.compile(r"[A-Z][^.\n:>`]{40,220}\.")
Table = list[dict[str, str]]


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
}
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
    for kind, make in {**{k: v[0] for k, v in LABELLED.items()}, **ANSWERED}.items():
        for seed in range(seeds):
            yield kind, seed, looked_at(make(size, 1_000 + seed))


def spoiled(seeds: int, size: int, share: float) -> Iterator[tuple[str, str, bool, int]]:
    """Kind of table and trigger, whether it was found, and how many other triggers were reported."""
    for seed in range(seeds):
        for name, trigger in list(poisoned.TRIGGERS.items())[seed % 2 :: 2]:
            for kind, (make, column, target) in LABELLED.items():
                rows = make(size, 2_000 + seed)
                made = poisoned.plant_label(rows, trigger, share, seed, column, target or rows[0][column])
                yield kind, name, *_outcome(made)
            for number, (kind, make) in enumerate(ANSWERED.items()):
                made = poisoned.plant_answer(make(size, 2_000 + seed), trigger, share, seed, (seed + number) % 2 == 0)
                yield kind, name, *_outcome(made)


def _outcome(made: poisoned.Planted) -> tuple[bool, int]:
    section = looked_at(made.rows)
    found = is_found(section, made.places)
    return found, len(section["triggers"]["found"]) - found


def measure(seeds: int, size: int) -> dict[str, object]:
    """Counts of everything; see `words`."""
    alarms = {"tables": 0, "triggers": 0, "outliers": 0, "tested": 0}
    for kind, seed, section in clean(seeds * 4, size):
        alarms["tables"] += 1
        alarms["tested"] += section["triggers"]["tested"]
        for part, found in (("triggers", section["triggers"]["found"]), ("outliers", section["outliers"]["groups"])):
            alarms[part] += bool(found)
            if found:
                print("false alarm:", kind, seed, part, [{k: v for k, v in f.items() if k != "rows"} for f in found])
    hits: dict[str, list[int]] = {}
    for share in (0.01, 0.003):
        for kind, name, found, others in spoiled(seeds, size, share):
            tally = hits.setdefault(str(share), [0, 0, 0])
            tally[0], tally[1], tally[2] = tally[0] + found, tally[1] + 1, tally[2] + others
            if not found or others:
                print("missed" if not found else "besides", share, kind, name, others)
    return {"rows": size, "clean": alarms, "planted": hits}


def words(figures: dict[str, object]) -> str:
    alarms, planted = figures["clean"], figures["planted"]
    high, low = planted["0.01"], planted["0.003"]
    return (
        f"Measured on tables of {figures['rows']} rows: of {high[1]} planted triggers at 1 % of the rows {high[0]} were"
        f" found, at 0.3 % {low[0]} of {low[1]}. Of {alarms['tables']} clean tables, made ones and real English text,"
        f" {alarms['triggers']} raised a false alarm for triggers and {alarms['outliers']} for outliers. Not found are"
        " triggers in rows that deserve their label anyway, and triggers that fewer than six rows of the sample hold."
    )


if __name__ == "__main__":
    started = time.monotonic()
    measured = measure(seeds=int(sys.argv[sys.argv.index("--seeds") + 1]) if "--seeds" in sys.argv else 2, size=2_000)
    print(words(measured), f"({time.monotonic() - started:.0f} s)")
    if "--write" in sys.argv:
        known = json.loads(RATES.read_text("utf-8"))
        known |= {"words": words(measured), "figures": measured}
        RATES.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
