"""The parts of a snapshot that a comparison looks at, each as things with names.

Whatever is on record of a thing counts, so that nothing that a later version of the portal puts into a snapshot is
missed; only what stands in an area of its own, and what merely counts, is left out of the others.
"""

from collections.abc import Callable, Iterable
from typing import Any

from apps.reports.rules.comparing.changes import Item, words

Json = dict[str, Any]
Read = Callable[[Json], dict[Any, Item]]
_NAMES = ("label", "title", "name", "urn")
# Of no interest in a comparison, or told in another area.
_LEFT_OUT = {
    "id", "label", "files", "facts", "columns", "result", "config", "evaluations", "deployments", "drift", "tuning",
    "assessment", "datasets", "groups", "statistics", "log", "values", "examples", "gate", "updated_at", "counts",
}  # fmt: skip
_PLAIN = (str, int, float, bool)


def _label(thing: Json) -> str:
    return next((str(thing[name]) for name in _NAMES if thing.get(name)), f"number {thing.get('id')}")


def _values(thing: Json, leave: Iterable[str] = ()) -> dict[str, Any]:
    """What is said of a thing, by the name of the field in words."""
    hidden = _LEFT_OUT | set(leave)
    return {key.replace("_", " "): value for key, value in thing.items() if key not in hidden}


def _things(rows: Iterable[Json], leave: Iterable[str] = ()) -> dict[Any, Item]:
    return {row.get("id", _label(row)): Item(_label(row), _values(row, leave)) for row in rows}


def _list(raw: Json, name: str) -> list[Json]:
    return raw.get(name) or []


def _purpose(raw: Json) -> dict[Any, Item]:
    found = {("system", row.get("id")): Item(_label(row), _values(row)) for row in _list(raw, "systems")}
    system = raw.get("system")
    if system:
        found["system", system.get("id")] = Item(_label(system), _values(system))
    return found


def _organisation(raw: Json) -> dict[Any, Item]:
    return {"organisation": Item("The organisation", _values(raw.get("organisation") or {}))}


def _versions(raw: Json) -> dict[Any, Item]:
    found = {}
    for row in _list(raw, "versions"):
        version, model = row.get("version") or {}, row.get("model") or {}
        gate = row.get("gate") or {}
        values = _values(version) | {"intended purpose": model.get("intended_purpose")}
        if "is_green" in gate:
            values["gate"] = "green" if gate["is_green"] else "red"
        found[version.get("id")] = Item(_label(version), values, _stage(version))
    return found


def _stage(version: Json) -> str:
    return f"stage {version['stage']}" if version.get("stage") else ""


def _data(raw: Json) -> dict[Any, Item]:
    found = {}
    for row in _list(raw, "datasets"):
        values = _values(row, ("scan", "sources", "provenance_digest"))
        values["columns"] = sorted(_column(one) for one in row.get("columns") or ())
        values["sources"] = sorted(str(one.get("name", "")) for one in row.get("sources") or ())
        scan = row.get("scan") or {}
        values["newest scan"] = f"scan {scan['id']}" if scan else None
        values["findings of the scan"] = scan.get("findings_digest")
        found[row.get("id")] = Item(_label(row), values, ", ".join(row.get("used_as") or ()))
    return found


def _column(column: Any) -> str:
    return str(column.get("name", column)) if isinstance(column, dict) else str(column)


def _of_versions(raw: Json, name: str) -> list[tuple[str, Json]]:
    """What hangs on the versions under this name, each with its version's label."""
    found = []
    for row in _list(raw, "versions"):
        held = row.get(name) or []
        label = _label(row.get("version") or {})
        found += [(label, one) for one in ([held] if isinstance(held, dict) else held)]
    return found


def _evaluations(raw: Json) -> dict[Any, Item]:
    return {
        run.get("id"): Item(
            f"Evaluation {run.get('id')} of {label}",
            {str(score.get("metric", "")) + _of(score): score.get("value") for score in run.get("scores") or ()},
            _scores(run),
        )
        for label, run in _of_versions(raw, "evaluations")
    }


def _of(score: Json) -> str:
    return "" if score.get("of") in (None, "", "version", "model") else f" ({score['of']})"


def _scores(run: Json) -> str:
    told = [f"{score.get('metric')}{_of(score)} {words(score.get('value'))}" for score in run.get("scores") or ()]
    return ", ".join(told[:6])


def _runs(name: str, noun: str) -> Read:
    def read(raw: Json) -> dict[Any, Item]:
        return {
            run.get("id"): Item(f"{noun} {run.get('id')} of {label}", {"state": run.get("state")})
            for label, run in _of_versions(raw, name)
        }

    return read


def _asked(raw: Json) -> Iterable[tuple[Any, str, Json]]:
    """Every question of every assessment with its key and its name."""
    for assessment in _list(raw, "assessments"):
        framework, subject = assessment.get("framework") or {}, assessment.get("subject") or {}
        for group in assessment.get("groups") or ():
            for question in group.get("questions") or ():
                key = (framework.get("urn"), subject.get("kind"), subject.get("id"), question.get("id"))
                name = f"{framework.get('title', '')}, question {question.get('id')} of {subject.get('label', '')}"
                yield key, name, question


def _answers(raw: Json) -> dict[Any, Item]:
    found = {}
    for key, name, question in _asked(raw):
        answer = question.get("answer")
        if answer is not None:
            said = _values(answer, ("evidence", "revision", "stale_because", "answered_at"))
            said |= {"how it is known": question.get("status"), "stale": bool(question.get("is_stale"))}
            found[key] = Item(name, said, f"known as {question.get('status')}")
    return found


def _evidence(raw: Json) -> dict[Any, Item]:
    found = {}
    for key, name, question in _asked(raw):
        for item in (question.get("answer") or {}).get("evidence") or ():
            values = _values(item, ("value", "collected_at", "subject_id", "subject_type"))
            label = f"“{item.get('title') or item.get('summary', '')}”, {name}"
            found[(*key, item.get("id"))] = Item(label, values, str(item.get("status", "")))
    return found


def _frameworks(raw: Json) -> dict[Any, Item]:
    return {
        row.get("urn"): Item(_label(row), _values(row, ("urn", "title")), f"version {row.get('version')}")
        for row in _list(raw, "frameworks")
    }


def _waivers(raw: Json) -> dict[Any, Item]:
    found = {}
    for row in _list(raw, "waivers"):
        key = row.get("id") or (row.get("conflict"), row.get("question"), row.get("granted_at"))
        name = f"Waiver of {row.get('question') or row.get('kind')}"
        found[key] = Item(name, _values(row), row.get("sentence") or "")
    return found


def _places(raw: Json) -> dict[Any, Item]:
    """Of the processes behind a deployment only how many there were: a process that was started again is no change of
    what is in service.
    """
    found = {}
    for row in _list(raw, "deployments"):
        values = _values(row, ("runs",)) | {"processes so far": len(row.get("runs") or ())}
        found[row.get("id", _label(row))] = Item(_label(row), values)
    return found


def _of_list(name: str) -> Read:
    return lambda raw: _things(_list(raw, name))


AREAS: dict[str, Read] = {
    "Systems and their purpose": _purpose,
    "Model versions": _versions,
    "Data": _data,
    "Tuning": _runs("tuning", "Tuning run"),
    "Evaluations": _evaluations,
    "Answers": _answers,
    "Evidence": _evidence,
    "Risks": _of_list("risks"),
    "Deployments": _places,
    "Incidents": _of_list("incidents"),
    "Drift measurements": _runs("drift", "Drift measurement"),
    "Waivers": _waivers,
    "Frameworks": _frameworks,
    "The organisation": _organisation,
}
