"""How far each check of a scan is."""

from dataclasses import dataclass

from apps.catalog.models import ScanRun
from apps.catalog.rules.scans import SCAN_CHECKS
from apps.core.rules import RUNNING, SUCCEEDED


@dataclass(frozen=True)
class Step:
    """One check of a scan: waiting, reading the rows with all others, finishing, or done."""

    label: str
    state: str


def scan_steps_of(scan: ScanRun) -> list[Step]:
    """How far each check is, by what the worker told last: all read together, then they finish one after the other."""
    wanted = (scan.config or {}).get("checks") or list(SCAN_CHECKS)
    names = [name for name in SCAN_CHECKS if name in wanted]
    if scan.state == SUCCEEDED:
        ran = (scan.result or {}).get("checks") or names
        return [Step(SCAN_CHECKS.get(name, name), "done") for name in ran]
    told = [name for name in names if f"Finishing: {name.replace('_', ' ')}" in f"{scan.log}\n{scan.message}"]
    if told:
        at = names.index(told[-1])
        states = ["done"] * at + ["finishing"] + ["waiting"] * (len(names) - at - 1)
    else:
        is_reading = scan.state == RUNNING and scan.message.startswith(("Searching", "Going on"))
        states = ["reading" if is_reading else "waiting"] * len(names)
    return [Step(SCAN_CHECKS[name], state) for name, state in zip(names, states, strict=True)]
