"""What a repeated tuning proves about the first one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

IDENTICAL, WITHIN, DIFFERS, IMPOSSIBLE = "identical", "within_tolerance", "differs", "impossible"
OUTCOMES = {
    IDENTICAL: "Recreated bit for bit",
    WITHIN: "Recreated within tolerance",
    DIFFERS: "Came out different",
    IMPOSSIBLE: "Could not be tried",
}

# What float32 sums in another order do to weights over some thousand steps stays far below a thousandth of their size;
# a forgotten setting, other rows or another seed lie far above it.
WEIGHTS_TOLERANCE = 1e-3  # norm of the difference over the norm of the weights
LOSS_TOLERANCE = 0.01  # nats a token, of the held-out loss

# Fields of a recorded configuration that name places of the machine or how it was held, not what was done.
PLACES = frozenset({"base", "data_path", "output_dir", "work_dir", "held_out_path", "resume"})
# What belongs to the machine that repeats: it is told, and compared, but not taken over.
OF_THE_MACHINE = frozenset({"device", "country_iso_code", "country_assumed"})


@dataclass(frozen=True)
class Verdict:
    """The outcome of a repetition, and why, in a sentence."""

    outcome: str
    because: str


def settings_to_repeat(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the first run that the repetition takes over; JSON's lists become tuples again."""
    kept = {name: value for name, value in recorded.items() if name not in PLACES | OF_THE_MACHINE}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}


def judge(first: Mapping[str, Any], second: Mapping[str, Any], weights: Mapping[str, Any]) -> Verdict:
    """Compare the accounts of two runs (`workers.tuning.engine.Result`) and the distance of their weights
    (`workers.tuning.comparing.WeightDifference`).
    """
    if missing := [*weights["only_in_first"], *weights["only_in_second"], *weights["other_shapes"]]:
        return Verdict(DIFFERS, f"The two models are not built alike: {missing[0]} differs in shape or is missing.")
    if not weights["different"] and first.get("model_weights_sha256") == second.get("model_weights_sha256"):
        return Verdict(IDENTICAL, f"All {weights['numbers']:,} numbers and the files' digest are the same.")
    apart = loss_apart(first, second)
    relative = weights["relative"]
    near = relative <= WEIGHTS_TOLERANCE and apart is not None and apart <= LOSS_TOLERANCE
    told = f"The weights lie {relative:.2g} of their size apart" + (
        f", the held-out loss {apart:.2g} nats a token." if apart is not None else "; a held-out loss is missing."
    )
    limits = f"(allowed: {WEIGHTS_TOLERANCE:g} and {LOSS_TOLERANCE:g})"
    return Verdict(WITHIN if near else DIFFERS, f"{told} {limits}")


def loss_apart(first: Mapping[str, Any], second: Mapping[str, Any]) -> float | None:
    """By how much the last held-out losses differ, in nats a token; None where one is not on record."""
    one, other = last_loss(first), last_loss(second)
    return None if one is None or other is None else abs(one - other)


def last_loss(account: Mapping[str, Any]) -> float | None:
    """The held-out loss at the end of a run, in nats a token."""
    curve: Sequence[Sequence[float]] = account.get("eval_loss_curve") or []
    value = float(curve[-1][1]) if curve else math.nan
    return None if math.isnan(value) else value


def environment_changes(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What differs between two environments as (name, then, now): packages, Python, processor, device, threads."""
    rows = []
    for name in ("python", "system", "machine", "processor", "device", "gpu", "threads"):
        rows.append((name, str(first.get(name, "")), str(second.get(name, ""))))
    old, new = first.get("packages") or {}, second.get("packages") or {}
    rows += [(name, str(old.get(name, "")), str(new.get(name, ""))) for name in sorted({*old, *new})]
    return [row for row in rows if row[1] != row[2]]
