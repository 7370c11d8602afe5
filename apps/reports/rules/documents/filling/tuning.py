"""How a version was tuned: method, settings, computing, energy, and whether it can be made again."""

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import duration, energy, number
from apps.registry.rules.recreation import OUTCOMES
from apps.registry.rules.tuning_words import settings_in_words
from apps.reports.rules.documents.content import NOTHING, Block, Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import (
    each_version,
    fact_list,
    picture,
    statement_of,
    table,
    told,
)
from apps.reports.rules.documents.filling.moments import exact, who
from apps.reports.rules.documents.filling.registry import filler
from apps.reports.rules.measured.drawings import loss_curves


def _known(run: Json) -> Known:
    return Known(
        MEASURED, f"Tuning run {run['id']}", run["finished_at"] or "", str(_of(run, "model_weights_sha256") or "")
    )


def _of(run: Json, name: str) -> object:
    return (run["result"] or {}).get(name)


@filler("tuning.method")
def method(facts: Facts) -> Filled:
    """How the version was trained."""

    def fill(version: Json) -> Filled:
        run = version["tuning"]
        return joined([statement_of(version, "training_procedure"), _method(version, run) if run else NOTHING])

    return each_version(facts, fill)


def _method(version: Json, run: Json) -> Filled:
    relation = version["version"].get("relation_label") or version["version"]["relation"]
    rows = (
        ("Base model", run["base_label"]),
        ("Relation to it", relation),
        ("Data", run["dataset_label"]),
        ("Rows trained on", number(_figure(run, "rows_trained"))),
        ("Rows kept from training", number(_figure(run, "rows_held_out"))),
        ("Rows left out or cut", number((_figure(run, "rows_left_out") or 0) + (_figure(run, "rows_cut") or 0))),
        ("Parameters that were changed", number(_figure(run, "parameters_trainable"))),
        ("Parameters in all", number(_figure(run, "parameters_total"))),
        ("Steps", number(_figure(run, "steps"))),
        ("Tokens seen", number(_figure(run, "tokens_seen"))),
        ("Started", f"{exact(run['started_at'])} by {who(run['started_by'])}"),
        ("Finished", exact(run["finished_at"])),
    )
    return joined([fact_list(rows, _known(run)), Filled(_curves(run))])


def _figure(run: Json, name: str) -> float | None:
    value = _of(run, name)
    return value if isinstance(value, int | float) else None


def _curves(run: Json) -> tuple[Block, ...]:
    """Loss over the steps."""
    chart = loss_curves(run)
    return picture(chart) if chart else ()


@filler("tuning.parameters")
def parameters(facts: Facts) -> Filled:
    """The settings of the training."""

    def fill(version: Json) -> Filled:
        run = version["tuning"]
        if not run:
            return statement_of(version, "hyperparameters")
        config = {**(run["config"] or {}), **(_settings(run) or {})}
        rows = [(one.label, one.value, one.help) for one in settings_in_words(config)]
        return Filled(table("Settings", ("Setting", "Value", "What it does"), rows), (_known(run),) if rows else ())

    return each_version(facts, fill)


def _settings(run: Json) -> Json | None:
    found = _of(run, "config")
    return found if isinstance(found, dict) else None


@filler("tuning.compute")
def compute(facts: Facts) -> Filled:
    """Computing that was used to make the version."""

    def fill(version: Json) -> Filled:
        run = version["tuning"]
        return _compute(run) if run else statement_of(version, "compute")

    return each_version(facts, fill)


def _compute(run: Json) -> Filled:
    machine = (run["result"] or {}).get("environment") or {}
    seconds = _figure(run, "train_seconds") or run["seconds"]
    rows = (
        ("Time of training", duration(seconds)),
        ("Tokens seen", number(_figure(run, "tokens_seen"))),
        ("Tokens a second", number(_figure(run, "tokens_per_second"))),
        ("Device", machine.get("gpu") or machine.get("device")),
        ("Processor", machine.get("processor")),
        ("Cores", machine.get("cores")),
        ("Memory", f"{number(machine['memory_gib'])} GiB" if machine.get("memory_gib") else ""),
        ("Attempts", number(run["attempts"])),
    )
    return fact_list(rows, _known(run))


@filler("tuning.energy")
def energy_used(facts: Facts) -> Filled:
    """Energy that the training used."""

    def fill(version: Json) -> Filled:
        run = version["tuning"]
        return _energy(run) if run else statement_of(version, "energy", "emissions")

    found = each_version(facts, fill)
    bases = [step["label"] for version in facts.versions for step in version["lineage"][1:]]
    unknown = (f"Energy for the training of {', '.join(dict.fromkeys(bases))} is not on record here.",) if bases else ()
    return joined([found, Filled(missing=unknown)]) if found else found


def _energy(run: Json) -> Filled:
    found = (run["result"] or {}).get("energy") or {}
    kwh = run["energy_kwh"] if run["energy_kwh"] is not None else found.get("kwh")
    if kwh is None:
        return Filled(missing=(f"Tuning run {run['id']} did not measure its energy.",))
    assumed = " (assumed)" if found.get("country_assumed") else ""
    rows = (
        ("Electrical energy", energy(kwh)),
        ("The same in MWh", number(kwh / 1000)),
        ("CO2 equivalent", f"{number(found['kgco2e'])} kg" if found.get("kgco2e") is not None else ""),
        ("Energy of the processor", energy(found.get("cpu_kwh"))),
        ("Energy of the graphics processor", energy(found.get("gpu_kwh"))),
        ("Energy of the memory", energy(found.get("ram_kwh"))),
        ("Electricity of", f"{found['country']}{assumed}" if found.get("country") else ""),
        ("How the energy was measured", found.get("method")),
        ("Measured with", found.get("tool")),
    )
    return fact_list(rows, _known(run))


@filler("tuning.recreation")
def recreation(facts: Facts) -> Filled:
    """Whether the version can be made again, and what an attempt gave."""
    attempts = joined(_recreation(run) for run in facts.tuning)
    missing = () if attempts or not facts.tuning else ("Nobody has tried to make the version again from its record.",)
    return joined([told(facts, "tuning.recipe"), attempts, Filled(missing=missing)])


def _recreation(run: Json) -> Filled:
    again = run.get("recreation")
    if not again:
        return NOTHING
    result = again["result"] or {}
    outcome = OUTCOMES.get(str(result.get("outcome")), str(again["state"]))
    words = f"{outcome}. {result.get('because') or ''}".strip()
    known = Known(
        MEASURED, f"Repetition {again['id']} of tuning run {run['id']}", again["finished_at"] or "", _known(run).digest
    )
    return Filled((Paragraph(f"{run['version_label']}, made again: {words[:1].lower()}{words[1:]}"),), (known,))
