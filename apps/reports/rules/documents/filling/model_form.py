"""Exact and rounded figures of the Model Documentation Form: size, training time, computation, energy.

Each reader of the form gets their own: the AI Office exact figures (two significant figures at least), national
authorities and downstream providers ranges and orders of magnitude.
"""

from dataclasses import dataclass
from math import floor, log10

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import duration, number
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.general_purpose import FORM
from apps.reports.rules.documents.filling.registry import filler

DAY = 86_400
MONTH = 30.44  # days, on average
# The form's ranges of parameters: the upper limit of each, and its words.
SIZES = (
    (1e6, "Less than 1 million"),
    (5e8, "1 to 500 million"),
    (5e9, "500 million to 5 billion"),
    (1.5e10, "5 to 15 billion"),
    (5e10, "15 to 50 billion"),
    (1e11, "50 to 100 billion"),
    (5e11, "100 to 500 billion"),
    (1e12, "500 billion to 1 trillion"),
    (float("inf"), "More than 1 trillion"),
)
TIMES = (
    (1.0, "Less than 1 month"),
    (3.0, "1 to 3 months"),
    (6.0, "3 to 6 months"),
    (float("inf"), "More than 6 months"),
)
METHOD = (
    "Estimated as tokens × (4 × parameters + 2 × parameters that were trained): two operations for each parameter"
    " forward, two backward through it, and two more where it is changed. With every parameter trained this is the"
    " usual six times parameters times tokens. Attention over long inputs, evaluation during training and attempts"
    " that failed are not counted."
)


@dataclass(frozen=True)
class Training:
    """What one tuning run took. Operations and energy are None where the run did not record them."""

    label: str
    run: Json
    seconds: float | None
    operations: float | None
    kwh: float | None

    @property
    def known(self) -> Known:
        """The run that measured it, with the digest of the data it read."""
        digest = str(self.run.get("dataset_digest") or "")
        return Known(
            MEASURED, f"Tuning run {self.run['id']} of {self.label}", self.run.get("finished_at") or "", digest
        )


def trainings(facts: Facts) -> list[Training]:
    """Every tuning run that made one of the versions."""
    return [_training(version) for version in facts.versions if version.get("tuning")]


def _training(version: Json) -> Training:
    run = version["tuning"]
    result = run.get("result") or {}
    return Training(
        label=version["version"]["label"],
        run=run,
        seconds=result.get("train_seconds") or run.get("seconds"),
        operations=operations_of(result),
        kwh=run.get("energy_kwh"),
    )


def operations_of(result: Json) -> float | None:
    """Floating-point operations of a tuning run by `METHOD`; None where it did not record what that needs."""
    tokens, every, trained = (result.get(name) for name in ("tokens_seen", "parameters_total", "parameters_trainable"))
    if not tokens or not every or trained is None:
        return None
    return float(tokens * (4.0 * every + 2.0 * trained))


def size_words(parameters: float) -> str:
    """The form's range for a number of parameters; an upper limit belongs to the range above."""
    return next(words for limit, words in SIZES if parameters < limit)


def time_words(seconds: float) -> str:
    """The form's range for a training time."""
    return next(words for limit, words in TIMES if seconds / DAY / MONTH < limit)


@filler("form.size")
def size(facts: Facts) -> Filled:
    """The exact number of parameters."""
    return joined(_size(version, number(version["version"].get("parameters"))) for version in facts.versions)


@filler("form.size_range")
def size_range(facts: Facts) -> Filled:
    """The range that the number of parameters falls into."""
    told = [_size(version, size_words(version["version"].get("parameters") or 0)) for version in facts.versions]
    return joined([*told, *_contradicted(facts, "size-range", joined(told))])


def _contradicted(facts: Facts, question: str, told: Filled) -> list[Filled]:
    """What is wrong where the range that somebody chose is not the one that the record comes to."""
    found = facts.answer(FORM, question)
    chosen = str((found.answer or {}).get("value_words") or "") if found else ""
    recorded = {value for block in told.blocks if isinstance(block, FactList) for _, value in block.rows}
    if not chosen or not recorded or chosen in recorded:
        return []
    return [Filled(missing=(f"“{chosen}” is stated, but the record comes to “{', '.join(sorted(recorded))}”.",))]


def _size(version: Json, words: str) -> Filled:
    of = version["version"]
    if not of.get("parameters"):
        return Filled(missing=(f"The number of parameters of {of['label']} is not on record.",))
    known = Known(MEASURED, f"Record of {of['label']}, read from its files", "", str(of.get("manifest_digest") or ""))
    return Filled((FactList(((f"Parameters of {of['label']}", words),)),), (known,))


@filler("form.architecture")
def architecture(facts: Facts) -> Filled:
    """The architecture, by its name alone."""
    rows = tuple((one["version"]["label"], str(one["version"].get("architecture") or "")) for one in facts.versions)
    missing = tuple(f"The architecture of {label} is not on record." for label, words in rows if not words)
    told = tuple(row for row in rows if row[1])
    known = Known(MEASURED, "Record of the version, read from its files", "", str(facts.subject.get("digest") or ""))
    return Filled((FactList(told),), (known,), missing) if told else Filled(missing=missing)


@filler("form.time")
def time(facts: Facts) -> Filled:
    """How long training took, in days on the clock and of hardware."""
    return joined(_time(one) for one in trainings(facts) if one.seconds)


def _time(one: Training) -> Filled:
    days = (one.seconds or 0) / DAY
    environment = (one.run.get("result") or {}).get("environment") or {}
    rows = (
        (f"Training of {one.label}", duration(one.seconds)),
        ("Days on the clock", _figures(days)),
        ("Days of hardware (one machine)", _figures(days)),
        ("Hardware", str(environment.get("gpu") or environment.get("processor") or "not on record")),
    )
    return Filled((FactList(rows),), (one.known,))


@filler("form.time_range")
def time_range(facts: Facts) -> Filled:
    """The range that the training time falls into."""
    found = [one for one in trainings(facts) if one.seconds]
    rows = tuple((f"Training of {one.label}", time_words(one.seconds or 0)) for one in found)
    told = Filled((FactList(rows),), tuple(one.known for one in found)) if rows else NOTHING
    return joined([told, *_contradicted(facts, "training-time-range", told)])


@filler("form.compute")
def compute(facts: Facts) -> Filled:
    """The amount of computation used in training."""
    found = [one for one in trainings(facts) if one.operations]
    rows = tuple((f"Training of {one.label}", f"{_power(one.operations or 0)} operations") for one in found)
    return Filled((FactList(rows),), tuple(one.known for one in found)) if rows else NOTHING


@filler("form.compute_order")
def compute_order(facts: Facts) -> Filled:
    """The order of magnitude of the computation used in training."""
    found = [one for one in trainings(facts) if one.operations]
    rows = tuple(
        (f"Training of {one.label}", f"10^{floor(log10(one.operations or 1))} operations, up to the order")
        for one in found
    )
    return Filled((FactList(rows),), tuple(one.known for one in found)) if rows else NOTHING


@filler("form.compute_method")
def compute_method(facts: Facts) -> Filled:
    """How the amount of computation was estimated."""
    found = [one for one in trainings(facts) if one.operations]
    return Filled((Paragraph(METHOD),), tuple(one.known for one in found)) if found else NOTHING


@filler("form.energy")
def energy(facts: Facts) -> Filled:
    """The energy used in training, in megawatt-hours."""
    found = [one for one in trainings(facts) if one.kwh]
    rows = tuple((f"Training of {one.label}", f"{_figures((one.kwh or 0) / 1000)} MWh") for one in found)
    return Filled((FactList(rows),), tuple(one.known for one in found)) if rows else NOTHING


@filler("form.energy_method")
def energy_method(facts: Facts) -> Filled:
    """How the energy was measured or estimated."""
    return joined(_energy_method(one) for one in trainings(facts))


def _energy_method(one: Training) -> Filled:
    told = (one.run.get("result") or {}).get("energy") or {}
    if not told.get("method"):
        return NOTHING
    country = "assumed" if told.get("country_assumed") else "configured"
    rows = (
        (f"Training of {one.label}", str(told["method"])),
        ("Tool", str(told.get("tool") or "not on record")),
        ("Place", f"{told.get('country') or 'not on record'} ({country})"),
        ("Not counted", "Cooling, network and storage of the machine room; attempts that were not recorded"),
    )
    return Filled((FactList(rows),), (one.known,))


def _figures(value: float) -> str:
    """Three significant figures, as a plain decimal number down to a millionth."""
    if value <= 0:
        return "0"
    places = max(2 - floor(log10(value)), 0)
    return f"{value:,.{places}f}" if places <= 9 else f"{value:.2e}"


def _power(value: float) -> str:
    exponent = floor(log10(value))
    return f"{value / 10.0**exponent:.2f} × 10^{exponent}"
