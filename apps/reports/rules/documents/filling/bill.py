"""A bill of materials for people: the files, packages, data and models that a version is made of, with digests."""

from collections.abc import Iterator

from apps.checklist.rules.status import DECLARED, IMPORTED, MEASURED
from apps.core.formatting import energy, file_size, number
from apps.reports.rules.documents.content import NOTHING, Block, Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import each_version, label_of, table, tuned
from apps.reports.rules.documents.filling.moments import day, exact, who
from apps.reports.rules.documents.filling.registry import filler

MODEL, BASE, DATA, SERVICE = "Model", "Base model", "Dataset", "Deployment"
MOST_FILES, MOST_PACKAGES = 1_000, 400


@filler("bom.components")
def components(facts: Facts) -> Filled:
    """Every component: models, base models, datasets and deployments."""
    rows = [row for version in facts.versions for row in _models(version)]
    rows += [
        (DATA, data["label"], ", ".join(data["used_as"]), data["licence"], data["digest"]) for data in facts.datasets
    ]
    rows += [(SERVICE, one["name"], one["environment"], "", one["manifest_digest"]) for one in facts.deployments]
    if not rows:
        return NOTHING
    unlicensed = [row[1] for row in rows if row[0] != SERVICE and not row[3]]
    unhashed = [row[1] for row in rows if not row[4]]
    missing = [f"Without a licence on record: {', '.join(unlicensed)}."] if unlicensed else []
    missing += [f"Without a digest on record: {', '.join(unhashed)}."] if unhashed else []
    shown = table("Components", ("Kind", "Name and version", "Part in it", "Licence", "SHA-256"), dict.fromkeys(rows))
    known = tuple(_files_known(version) for version in facts.versions)
    return Filled(shown, known, tuple(missing))


def _models(version: Json) -> Iterator[tuple[str, ...]]:
    of = version["version"]
    yield MODEL, of["label"], "The model itself", of["licence"], of["manifest_digest"]
    for step in version["lineage"][1:]:
        yield BASE, step["label"], f"{label_of(version)} descends from it", step["licence"], step["manifest_digest"]
    if not version["lineage"][1:]:
        for name in of.get("base_names") or ():
            yield BASE, name, "Named in a card, not on record here", "", ""


def _files_digest(version: Json) -> str:
    return str(version["version"]["manifest_digest"] or "")


def _files_known(version: Json) -> Known:
    of = version["version"]
    at = of.get("checked_at") or of["created_at"] or ""
    return Known(MEASURED, f"Digest of the files of {of['label']}", at, of["manifest_digest"] or "")


@filler("bom.files")
def files(facts: Facts) -> Filled:
    """Every file of the model with its digest."""
    return each_version(facts, _files)


def _files(version: Json) -> Filled:
    of = version["version"]
    if not of["files"]:
        return NOTHING
    rows = [(one["path"], file_size(one["size"]), one["digest"]) for one in of["files"][:MOST_FILES]]
    left = len(of["files"]) - len(rows)
    missing = (f"{number(left)} more files are not listed; the digest of all covers them.",) if left else ()
    shown = table(f"Files of {of['label']}", ("File", "Size", "SHA-256"), rows, {1})
    digest = Paragraph(f"Digest of all files together: {of['manifest_digest']}")
    return Filled((*shown, digest), (_files_known(version),), missing)


@filler("bom.safety")
def safety(facts: Facts) -> Filled:
    """Scans of the files for code that runs when they are loaded, and signatures over them."""
    return each_version(facts, _safety)


def _safety(version: Json) -> Filled:
    found = version.get("safety") or {}
    rows = [(one["path"], one["format"], one["state_label"], one["reason"]) for one in found.get("held") or ()]
    signed = [
        (one["key_digest"], who(one["made_by"]), day(one["made_at"]), day(one["verified_at"]), one["problem"])
        for one in found.get("signatures") or ()
    ]
    scan = found.get("scan")
    known = (
        [
            Known(
                MEASURED, f"Scan of the files of {label_of(version)}", scan["finished_at"] or "", _files_digest(version)
            )
        ]
        if scan
        else []
    )
    blocks: tuple[Block, ...] = (
        *table("Files that can run code", ("File", "Format", "State", "Reason"), rows),
        *table("Signatures", ("Key (SHA-256)", "Made by", "On", "Verified on", "Problem"), signed),
    )
    if scan and not rows:
        blocks = (Paragraph("No file can run code when it is loaded."), *blocks)
    missing = [] if scan else [f"The files of {label_of(version)} were not scanned for code."]
    missing += [] if signed else [f"Nobody has signed the files of {label_of(version)}."]
    return Filled(blocks, tuple(known), tuple(missing))


@filler("bom.packages")
def packages(facts: Facts) -> Filled:
    """Software that the version was made with and needs."""
    return each_version(facts, _packages)


def _packages(version: Json) -> Filled:
    tuning = version.get("tuning") or {}
    environment = (tuning.get("result") or {}).get("environment") or {}
    measured = sorted((environment.get("packages") or {}).items())
    pinned = [line.strip() for line in str(version["version"].get("environment") or "").splitlines() if line.strip()]
    rows = [("Python", environment["python"], "Measured")] if environment.get("python") else []
    rows += [(name, number, "Measured") for name, number in measured]
    names = {name for name, _, _ in rows}
    declared = [(*_pin(line), "Declared") for line in pinned]
    rows += [row for row in declared if row[0] not in names]
    if not rows:
        return NOTHING
    known = [tuned(version)] if measured else []
    known += (
        [
            Known(
                DECLARED,
                f"Environment of {label_of(version)}",
                version["version"]["created_at"] or "",
                _files_digest(version),
            )
        ]
        if pinned
        else []
    )
    shown = table(f"Packages of {label_of(version)}", ("Package", "Version", "Known"), rows[:MOST_PACKAGES])
    return Filled(shown, tuple(known))


def _pin(line: str) -> tuple[str, str]:
    name, _, version = line.partition("==")
    return name.strip(), version.strip()


@filler("bom.data")
def data(facts: Facts) -> Filled:
    """Datasets with rows, licences and digests."""
    rows = [
        (
            one["label"],
            ", ".join(one["used_as"]),
            number(one["rows"]),
            one["licence"],
            ", ".join(dict.fromkeys(source["name"] for source in one["sources"])),
            one["digest"],
        )
        for one in facts.datasets
    ]
    if not rows:
        return NOTHING
    shown = table("Datasets", ("Dataset", "Used as", "Rows", "Licence", "Sources", "SHA-256"), rows, {2})
    known = tuple(
        Known(MEASURED, f"Content of {one['label']}", one["created_at"], one["digest"]) for one in facts.datasets
    )
    return Filled(shown, known)


@filler("bom.licences")
def licences(facts: Facts) -> Filled:
    """Every licence, and what stands under it."""
    held: dict[str, list[str]] = {}
    for version in facts.versions:
        for step in version["lineage"]:
            held.setdefault(step["licence"] or "None on record", []).append(step["label"])
    for one in facts.datasets:
        held.setdefault(one["licence"] or "None on record", []).append(one["label"])
    if not held:
        return NOTHING
    rows = [(name, ", ".join(dict.fromkeys(things))) for name, things in sorted(held.items())]
    conflicts = [one["sentence"] for v in facts.versions for one in (v.get("licence") or {}).get("conflicts") or ()]
    known = Known(
        MEASURED,
        "Licences on record, followed through lineage",
        facts.taken_at,
        str(facts.subject.get("digest") or ""),
    )
    return Filled(table("Licences", ("Licence", "Holds for"), rows), (known,), tuple(dict.fromkeys(conflicts)))


@filler("bom.energy")
def consumed(facts: Facts) -> Filled:
    """Energy of the work on it, by run."""
    runs = [("Tuning", run) for run in facts.tuning] + [("Evaluation", run) for run in facts.evaluations]
    runs += [("Drift measurement", run) for run in facts.drift]
    rows = [
        (kind, str(run["id"]), run["version_label"], day(run["finished_at"]), energy(run["energy_kwh"]), _method(run))
        for kind, run in runs
        if run["energy_kwh"] is not None
    ]
    unmeasured = sum(run["energy_kwh"] is None for _, run in runs)
    missing = (f"{number(unmeasured)} of {number(len(runs))} runs did not measure their energy.",) if unmeasured else ()
    if not rows:
        return Filled(missing=missing)
    total = facts.energy.get("kwh_total")
    words = Paragraph(f"Together: {energy(total)}.") if total is not None else None
    heads = ("Work", "Run", "Version", "On", "Energy", "Method")
    known = tuple(
        Known(MEASURED, f"{kind} run {run['id']}", run["finished_at"] or "", _digest_of_run(run)) for kind, run in runs
    )
    return Filled((*table("Energy", heads, rows, {4}), *((words,) if words else ())), known, missing)


def _digest_of_run(run: Json) -> str:
    """Of what it measured: the model, or the data looked at; of a tuning run what came out of it."""
    result, analysis = run.get("result") or {}, run.get("analysis") or {}
    return str(run.get("model_digest") or analysis.get("digest") or result.get("model_weights_sha256") or "")


def _method(run: Json) -> str:
    told = (run.get("result") or {}).get("energy") or {}
    return str(told.get("method") or "")


@filler("bom.documents")
def documents(facts: Facts) -> Filled:
    """Cards and bills of materials that were read in, CycloneDX among them, with their digests."""
    return each_version(facts, _documents)


def _documents(version: Json) -> Filled:
    found = version.get("documents") or []
    if not found:
        words = f"No card or bill of materials was read into {label_of(version)}."
        return Filled(
            (Paragraph(words),),
            (Known(MEASURED, "Documents on record", version["version"]["created_at"], _files_digest(version)),),
        )
    rows = [
        (
            one["format_label"],
            one["filename"],
            one["serial"],
            exact(one["created_at"]),
            str(one["missing"]),
            one["digest"],
        )
        for one in found
    ]
    heads = ("Format", "File", "Serial number", "Read in", "Fields it lacks", "SHA-256")
    known = tuple(Known(IMPORTED, one["filename"], one["created_at"], one["digest"]) for one in found)
    return Filled(table(f"Read into {label_of(version)}", heads, rows, {4}), known)


@filler("bom.services")
def services(facts: Facts) -> Filled:
    """Deployments and the applications that call them."""
    rows = [
        (place["name"], place["version_label"], place["environment"], place["state"], _callers(place))
        for place in facts.deployments
    ]
    heads = ("Deployment", "Version", "Where", "State", "Called by")
    known = tuple(
        Known(MEASURED, f"Deployment {one['name']}", one["created_at"], one["manifest_digest"])
        for one in facts.deployments
    )
    return joined([Filled(table("Services", heads, rows), known)]) if rows else NOTHING


def _callers(place: Json) -> str:
    return ", ".join(one["name"] for one in place["applications"])
