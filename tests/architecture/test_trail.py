"""Every write that a service offers leaves a row in the audit trail; exceptions are listed here with their reasons."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, called_name, name_of, python_files, tree_of

WRITES = {
    "save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "update", "delete",
    "assign_perm", "remove_perm", "end", "requeue", "claim", "set_password",
    "inserted", "prepared_cursor", "executemany",
}  # fmt: skip
ORM_UPDATE_OWNERS = {"objects", "filter", "exclude", "all", "_default_manager", "select_for_update"}

# Name: why the write says nothing about a decision, and where what happened can be read instead.
NOT_RECORDED = {
    "accounts.token_accept": "opening a door notes the time of last use, which is told next",
    "accounts.token_use": "the time of last use, written at most once a minute; the requests themselves are in the log",
    "tracking.run_log": "a measurement, many a second; digests of them are recorded when the run ends",
    "tracking.readings_insert": "the step of `run_log` that writes its readings",
    "tracking.run_tag_delete": "a word on a run that its own tool keeps; what decides nothing is not a decision",
    "tracking.run_inputs_log": "what a run read is part of the digests that are recorded when it ends",
    "tracking.run_outputs_log": "the link to a logged model, whose making and finishing are recorded themselves",
    "tracking.run_model_note": "a tag that older clients keep; the logged model itself is recorded",
    "tracking.tracked_file_store": "a file of many; their digests are recorded when the run or the logged model ends",
    "tracking.tracking_run_take": "a run that is still on its way; `tracking_run_settle` records it with its digests",
    "registry.version_number_next": "one step of every service that makes a version; each of them records it",
}


@dataclass
class Service:
    """One module-level function of a services module: what it calls and whether it writes a table itself."""

    path: Path
    node: ast.FunctionDef
    calls: set[str] = field(default_factory=set)
    writes: bool = False

    @property
    def key(self) -> str:
        return f"{self.path.relative_to(ROOT).parts[1]}.{self.node.name}"


def _is_write(call: ast.Call) -> bool:
    name = called_name(call)
    if name != "update":
        return name in WRITES
    # A dict has update() too; a table's is called on a manager or on a query set.
    words = {n.attr for n in ast.walk(call.func) if isinstance(n, ast.Attribute)}
    return bool(words & ORM_UPDATE_OWNERS)


def _services() -> list[Service]:
    found = []
    for path in python_files("apps"):
        app, *inside = path.relative_to(ROOT).parts[1:]
        if app in ("core", "audit") or not inside or inside[0] not in ("services.py", "services"):
            continue
        for node in tree_of(path).body:
            if isinstance(node, ast.FunctionDef):
                calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
                names = {called_name(call) for call in calls}
                found.append(Service(path, node, names, any(_is_write(call) for call in calls)))
    return found


def _reached(service: Service, everything: list[Service], seen: set[str]) -> Iterator[Service]:
    """The service and every service function that it calls, directly or through others."""
    if service.key in seen:
        return
    seen.add(service.key)
    yield service
    for other in everything:
        if other.node.name in service.calls:
            yield from _reached(other, everything, seen)


ALL = _services()
PUBLIC = [service for service in ALL if not service.node.name.startswith("_")]


def _records(service: Service) -> bool:
    return any("record" in reached.calls for reached in _reached(service, ALL, set()))


def _writes(service: Service) -> bool:
    return any(reached.writes for reached in _reached(service, ALL, set()))


def test_the_services_were_found() -> None:
    assert len(PUBLIC) > 10
    assert any(_writes(service) for service in PUBLIC)


@pytest.mark.parametrize("service", PUBLIC, ids=lambda service: service.key)
def test_a_service_that_writes_records(service: Service) -> None:
    if _writes(service) and service.key not in NOT_RECORDED:
        assert _records(service), f"{name_of(service.path)}:{service.node.lineno} writes and records nothing"


def _in_a_transaction(service: Service, seen: frozenset[str] = frozenset()) -> bool:
    """Opens one itself, or is a step that only services which have opened one call."""
    if "atomic" in ast.unparse(service.node):
        return True
    callers = [other for other in ALL if service.node.name in other.calls and other.key not in seen | {service.key}]
    return bool(callers) and all(_in_a_transaction(caller, seen | {service.key}) for caller in callers)


@pytest.mark.parametrize("service", PUBLIC, ids=lambda service: service.key)
def test_a_service_that_records_does_so_in_one_transaction(service: Service) -> None:
    """The entry stands if and only if the write stands; `record` itself refuses outside a transaction."""
    if "record" in service.calls:
        assert _in_a_transaction(service), (
            f"{name_of(service.path)}:{service.node.lineno} is outside transaction.atomic"
        )


def test_the_exceptions_are_still_needed() -> None:
    needless = {key for key in NOT_RECORDED if key not in {s.key for s in PUBLIC if _writes(s) and not _records(s)}}
    assert needless == set()
