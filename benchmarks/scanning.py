"""Scan rates beside Presidio's own batches, with the equality of what both find: `python -m benchmarks.scanning`.

Rates are taken on the processor's clock of one process, in turns, so that other work on the machine bends both alike.
"""

import gc
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.results import Figure, Section

ROWS, TURNS = 6_000, 3
SEED = 20_261_122
PERSONAL = 0.03  # share of rows with personal data
# Ordinary writing of a support desk: sentences without numbers, with a small one, a date, an order number.
SENTENCES = (
    "The printer on the second floor does not answer since the update was installed.",
    "Thank you for the quick reply, it works again as it should.",
    "Could you please tell me how to change the language of the menu?",
    "I have restarted the router twice and the light is still red.",
    "Hold the button until the light goes green, then open the settings.",
    "We are sorry to hear that and will send you a new battery today.",
    "My colleague says that the old version had the same problem.",
    "The manual describes the steps in the chapter about networks.",
    "Everything else is fine, only the sound is missing in calls.",
    "Please close the window, wait for a moment and try again.",
    "It would be great if the report could be sorted by name as well.",
    "The parcel arrived with a broken seal, but the content is complete.",
)
NUMBERED = (
    "Wait {small} minutes and try again.",
    "The error appears after about {small} pages.",
    "Step {small} of the guide is not clear to me.",
    "It costs {small}.{small} euros in the shop.",
    "Update to version {small}.{small}.{small} first.",
)
DATED = ("I ordered it on {date}.", "It has been like this since {date}, {small}:30.", "The invoice is of {date}.")
ORDERED = ("The order is {order}.", "My ticket number is {order}, by the way.")
VALUES = (
    "anna.schmidt@example.org",
    "support_7@shop.example.com",
    "+44 20 7946 0018",
    "(212) 555-0132",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "203.0.113.42",
    "536-90-4399",
)


def rows(count: int, seed: int = SEED) -> list[str]:
    """Texts of about four sentences: a third with a small number, one in twelve with a date, one in forty an order."""
    source = random.Random(seed)
    return [_row(source) for _ in range(count)]


def _row(source: random.Random) -> str:
    parts = [source.choice(SENTENCES) for _ in range(source.randint(2, 5))]
    for share, templates in ((0.33, NUMBERED), (0.08, DATED), (0.025, ORDERED)):
        if source.random() < share:
            parts.insert(source.randrange(len(parts) + 1), _filled(source.choice(templates), source))
    if source.random() < PERSONAL:
        parts.append(f"You can reach me by {source.choice(VALUES)} if needed.")
    return " ".join(parts)


def _filled(template: str, source: random.Random) -> str:
    date = f"{source.randint(2019, 2026)}-{source.randint(1, 12):02}-{source.randint(1, 28):02}"
    order = f"{source.choice('ABCS')}-{source.randint(100_000, 99_999_999)}"
    return template.format(small=source.randint(2, 59), date=date, order=order)


def measure() -> Section:
    """All figures, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.scanning"], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    ratio = found["ours"] / found["presidio"]
    megabytes = found["bytes"] / found["rows"] / 1e6
    how = f"{found['rows']:,} rows of {found['bytes'] / found['rows']:.0f} bytes, {PERSONAL:.0%} with personal data"
    figures = [
        Figure("Personal data, our scan", _rate(found["ours"], megabytes), f"{how}; median of {TURNS}"),
        Figure("Presidio's BatchAnalyzerEngine", _rate(found["presidio"], megabytes), "the same rows and recognisers"),
        Figure("Ours as a multiple of it", f"{ratio:.1f}", "same process, in turns", "at least 10", ratio >= 10),
        Figure(
            "Same findings",
            f"{found['equal']:,} of {found['rows']:,} rows",
            f"kind, start and end of {found['hits']:,} matches",
            "all",
            found["equal"] == found["rows"],
        ),
        Figure("Whole scan, all checks", f"{found['scan']:,.0f} rows/s", f"{', '.join(found['checks'])}"),
    ]
    return Section("Scans", "One process, no GPU, no language model.", figures)


def _rate(rows_a_second: float, megabytes: float) -> str:
    return f"{rows_a_second:,.0f} rows/s, {rows_a_second * megabytes:.1f} MB/s"


def main() -> None:
    """Measure in this process; prints one line of JSON."""
    from presidio_analyzer import BatchAnalyzerEngine

    from workers.scanning.pii import Detector

    texts = rows(ROWS)
    detector = Detector(("en",), 0.5)
    batches = BatchAnalyzerEngine(analyzer_engine=detector.engine)
    list(batches.analyze_iterator(texts[:200], **detector.asked()))
    ours = [detector.find(text) for text in texts]
    alone = batches.analyze_iterator(texts, **detector.asked())
    equal = sum(a == detector.counted(b, text) for a, b, text in zip(ours, alone, texts, strict=True))
    gc.collect()
    gc.freeze()
    fast, slow = [], []
    for _ in range(TURNS):
        began = time.process_time()
        for text in texts:
            detector.find(text)
        fast.append(ROWS / (time.process_time() - began))
        began = time.process_time()
        list(batches.analyze_iterator(texts, **detector.asked()))
        slow.append(ROWS / (time.process_time() - began))
    scan, checks = _whole(texts)
    told = {
        "rows": ROWS,
        "bytes": sum(len(text.encode()) for text in texts),
        "ours": sorted(fast)[TURNS // 2],
        "presidio": sorted(slow)[TURNS // 2],
        "equal": equal,
        "hits": sum(map(len, ours)),
        "scan": scan,
        "checks": checks,
    }
    print(json.dumps(told))


def _whole(texts: list[str]) -> tuple[float, list[str]]:
    """Rows a second of a scan by every check, and what they are called."""
    from workers.scanning import engine
    from workers.scanning.config import Config

    with tempfile.TemporaryDirectory() as folder:
        path, few = Path(folder) / "rows.jsonl", Path(folder) / "few.jsonl"
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        few.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts[:200]), encoding="utf-8")
        # Once over a few rows, so that reading the libraries and the word lists, once a process, is not in the rate.
        engine.run(Config(input_path=str(few), work_dir=f"{folder}/first"), lambda fraction, message: None)
        began = time.process_time()
        result = engine.run(Config(input_path=str(path), work_dir=f"{folder}/work"), lambda fraction, message: None)
        return len(texts) / (time.process_time() - began), [name.replace("_", " ") for name in result.checks]


if __name__ == "__main__":
    main()
