"""What a model version is: name and files, what it was made from, how it is built, and what it needs."""

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import file_size, number
from apps.reports.rules.documents.content import NOTHING, Bullets, Filled, Known, joined
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import (
    each_version,
    fact_list,
    label_of,
    origin_of,
    record_of,
    statement_of,
    table,
    told,
    tuned,
)
from apps.reports.rules.documents.filling.moments import day, exact, who
from apps.reports.rules.documents.filling.registry import condition, filler

MOST_FILES = 500  # lines of the list of files; the digest covers all of them


@filler("version.identity")
def identity(facts: Facts) -> Filled:
    """Name, number and digest of the model version."""
    return each_version(facts, _identity)


def _identity(version: Json) -> Filled:
    of, model = version["version"], version["model"]
    rows = (
        ("Model", model["name"]),
        ("Version", of["number"]),
        ("Team", model["team"]),
        ("Description", of["description"] or model["description"]),
        ("Stage", of.get("stage_label") or of["stage"]),
        ("Names that point at it", ", ".join(of.get("aliases") or ())),
        ("Recorded", f"{exact(of['created_at'])} by {who(of['created_by'])}"),
        ("Source", origin_of(of)),
        ("Files", _extent(of)),
        ("SHA-256 of all files", of["manifest_digest"]),
    )
    missing = () if of["manifest_digest"] else (f"{of['label']} has no files on record.",)
    known = Known(MEASURED, f"Digest of the files of {of['label']}", of["created_at"], of["manifest_digest"] or "")
    return fact_list(rows, *([known] if of["manifest_digest"] else [record_of(version)]), missing=missing)


def _extent(of: Json) -> str:
    """How many files there are, and how large they are together."""
    count = len(of["files"])
    return f"{number(count)} file{'' if count == 1 else 's'}, {file_size(of['size'])}" if count else ""


@filler("version.relations")
def relations(facts: Facts) -> Filled:
    """How the version relates to earlier ones and to what it was made from."""
    return each_version(facts, _relations)


def _relations(version: Json) -> Filled:
    of = version["version"]
    earlier = [one for one in version["model"].get("versions") or () if one["number"] < of["number"]]
    bases = [step["label"] for step in version["lineage"][1:]]
    rows = (
        ("Earlier versions", ", ".join(one["label"] for one in earlier) or "none: it is the first of its model"),
        ("Relation to its base model", of.get("relation_label") or of["relation"]),
        ("Made from", ", ".join(bases) or ", ".join(of.get("base_names") or ())),
        ("What is new", of["description"]),
    )
    unsaid = () if of["description"] or not earlier else (f"What changed in {of['label']} is not described.",)
    return fact_list(rows, record_of(version), missing=unsaid)


@filler("version.architecture")
def architecture(facts: Facts) -> Filled:
    """Architecture of the model."""
    return each_version(
        facts, lambda version: joined([_column(version, "architecture", "Architecture"), _shape(version)])
    )


def _shape(version: Json) -> Filled:
    """Further facts that the worker read out of the files."""
    facts = version["version"].get("facts") or {}
    left = {"architecture", "parameters", "licence", "context_length", "tokenizer", "card_values", "modality"}
    rows = [(name, value) for name, value in facts.items() if name not in left and isinstance(value, str | int | float)]
    return fact_list(
        ((name.replace("_", " ").capitalize(), value) for name, value in rows),
        Known(MEASURED, f"Read from the files of {label_of(version)}", "", version["version"]["manifest_digest"] or ""),
    )


def _column(version: Json, name: str, label: str, words: str = "") -> Filled:
    value = version["version"].get(name)
    if value in (None, "", []):
        return Filled(missing=(f"{label}: not on record.",))
    return fact_list(((label, words or value),), record_of(version, name))


@filler("version.parameters")
def parameters(facts: Facts) -> Filled:
    """Number of parameters."""

    def fill(version: Json) -> Filled:
        return _column(version, "parameters", "Parameters", number(version["version"].get("parameters")))

    return each_version(facts, fill)


@filler("version.modalities")
def modalities(facts: Facts) -> Filled:
    """What goes in and what comes out."""

    def fill(version: Json) -> Filled:
        return joined(
            [_column(version, "modality", "What goes in and comes out"), statement_of(version, "task", "languages")]
        )

    return each_version(facts, fill)


@filler("version.context")
def context(facts: Facts) -> Filled:
    """The longest input, in tokens."""

    def fill(version: Json) -> Filled:
        words = f"{number(version['version'].get('context_length'))} tokens"
        return _column(version, "context_length", "Context length", words)

    return each_version(facts, fill)


@filler("version.tokenizer")
def tokenizer(facts: Facts) -> Filled:
    """The tokenizer."""
    return each_version(facts, lambda version: _column(version, "tokenizer", "Tokenizer"))


@filler("version.licence")
def licence(facts: Facts) -> Filled:
    """The licence of the model, and the terms it inherits from what it was made of."""
    return each_version(facts, _licence)


def _licence(version: Json) -> Filled:
    terms = version.get("licence") or {}
    chains = [
        (one["chain"], one["expression"] or "none on record", one["problem"]) for one in terms.get("chains") or ()
    ]
    conflicts = tuple(one["sentence"] for one in terms.get("conflicts") or ())
    strict = (terms.get("terms") or {}).get("licence_class")
    return joined(
        [
            _column(version, "licence", "Licence"),
            fact_list(
                (
                    ("Class of the strictest terms", strict if chains else ""),
                    ("Duties", " ".join(terms.get("duties") or ())),
                ),
                Known(
                    MEASURED, "Licences on record, followed through lineage", "", version["version"]["manifest_digest"]
                ),
            ),
            Filled(table("Where terms come from", ("Chain", "Licence", "What is wrong with it"), chains)),
            Filled((Bullets(conflicts),) if conflicts else ()),
        ]
    )


@filler("version.base_models")
def base_models(facts: Facts) -> Filled:
    """The models that the version was made from."""
    return each_version(facts, _base_models)


def _base_models(version: Json) -> Filled:
    columns = ("Base model", "Architecture", "Parameters", "Licence", "From", "Files (SHA-256)")
    rows = [
        (
            step["label"],
            step.get("architecture"),
            number(step["parameters"]),
            step["licence"],
            origin_of(step),
            step["manifest_digest"],
        )
        for step in version["lineage"][1:]
    ]
    named = version["version"].get("base_names") or []
    if not rows and not named:
        return NOTHING
    known = Known(
        MEASURED if rows else DECLARED,
        f"Lineage of {label_of(version)}",
        version["version"]["created_at"],
        version["version"]["manifest_digest"] or "",
    )
    only_named = fact_list((("Named in its card", ", ".join(named)),)) if named else NOTHING
    missing = () if rows else ("The base models are named and not on record here.",)
    return joined([Filled(table("Base models, the nearest first", columns, rows, {2}), (known,), missing), only_named])


@filler("version.files")
def files(facts: Facts) -> Filled:
    """Every file of the version with its digest."""
    return each_version(facts, _files)


def _files(version: Json) -> Filled:
    of = version["version"]
    rows = [(one["path"], file_size(one["size"]), one["digest"]) for one in of["files"]]
    title = "Files" if len(rows) <= MOST_FILES else f"The first {number(MOST_FILES)} of {number(len(rows))} files"
    known = Known(MEASURED, f"Digests of the files of {of['label']}", of["created_at"], of["manifest_digest"] or "")
    return Filled(table(title, ("Path", "Size", "SHA-256"), rows[:MOST_FILES], {1}), (known,) if rows else ())


@filler("version.software")
def software(facts: Facts) -> Filled:
    """Software that made the version and that loads it."""
    return each_version(facts, _software)


def _software(version: Json) -> Filled:
    of, environment = version["version"], _environment(version)
    packages = environment.get("packages") or {}
    lines = str(of.get("environment") or "").splitlines()
    pins = [tuple(line.partition("==")[::2]) for line in lines if line.strip()]
    rows = sorted((str(name), str(release)) for name, release in packages.items()) or pins
    known = tuned(version) if packages else None
    listed = (
        ("Library that loads it", of.get("library")),
        ("Python", environment.get("python")),
        ("Operating system", environment.get("system")),
    )
    how = known or record_of(version)
    return joined(
        [fact_list(listed, how), Filled(table("Packages", ("Package", "Version"), rows), (how,) if rows else ())]
    )


def _environment(version: Json) -> Json:
    found: Json = ((version.get("tuning") or {}).get("result") or {}).get("environment") or {}
    return found


@filler("version.hardware")
def hardware(facts: Facts) -> Filled:
    """Hardware it was made on and is meant to run on."""
    return each_version(facts, _hardware)


def _hardware(version: Json) -> Filled:
    found = _environment(version)
    memory = f"{number(found['memory_gib'])} GiB" if found.get("memory_gib") else ""
    rows = (
        ("Made on: machine", found.get("machine")),
        ("Processor", found.get("processor")),
        ("Cores", found.get("cores")),
        ("Memory", memory),
        ("Device", found.get("device")),
        ("Graphics processor", found.get("gpu")),
    )
    made: Filled = NOTHING
    if found:
        made = fact_list(rows, tuned(version))
    meant = statement_of(version, "compute")
    missing = () if meant else ("The hardware that it is meant to run on is not on record.",)
    return joined([made, meant, Filled(missing=missing)])


@filler("version.release")
def release(facts: Facts) -> Filled:
    """When the version was recorded, approved and first put to use."""

    def fill(version: Json) -> Filled:
        of = version["version"]
        starts = [one["created_at"] for one in facts.deployments if one.get("version_id") == of["id"]]
        rows = (
            ("Recorded", exact(of["created_at"])),
            ("Approved", exact(of["approved_at"]) if of["approved_at"] else ""),
            ("First deployed", exact(min(starts)) if starts else ""),
            ("Replaced by", _newer(version)),
        )
        missing = () if starts else (f"{of['label']} was not deployed from here.",)
        return fact_list(rows, record_of(version), missing=missing)

    return each_version(facts, fill)


def _newer(version: Json) -> str:
    """The approved version of the same model that came after this one."""
    later = [one for one in version["model"].get("versions") or () if one["number"] > version["version"]["number"]]
    approved = [one for one in later if one["stage"] == "approved"]
    return ", ".join(f"{one['label']} ({day(one['approved_at'])})" for one in approved)


@filler("version.limits")
def limits(facts: Facts) -> Filled:
    """What the model cannot do, and what it is not meant for."""
    fields = ("limitations", "tradeoffs", "out_of_scope_uses", "recommendations")
    own = each_version(facts, lambda version: statement_of(version, *fields))
    return own or told(facts, "model.limitations")


@condition("version.was_tuned")
def was_tuned(facts: Facts) -> tuple[bool, str]:
    """Whether some version was tuned from another."""
    names = ", ".join(label_of(version) for version in facts.versions) or facts.label
    return any(len(version["lineage"]) > 1 or version["tuning"] for version in facts.versions), (
        f"{names} was not tuned from another model."
    )
