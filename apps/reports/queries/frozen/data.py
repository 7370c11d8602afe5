"""Dataset versions as a snapshot holds them: each once, with what it was used for, its sources in full, the terms it
inherits, its figures and what scans found. Never a row of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from apps.catalog.models import DatasetVersion, VersionSource
from apps.catalog.queries.licences import Origins, origins_of
from apps.catalog.queries.rows.figures import statistics_without_raw
from apps.catalog.rules import PURPOSES
from apps.catalog.rules.datasheets import PROVENANCE_LABELS
from apps.catalog.rules.declared import carried_words
from apps.catalog.rules.propagation import inherit, inheritance_told
from apps.catalog.rules.sources import TDM_RESERVATIONS, data_uses, method_in_words
from apps.registry.models import LineageLink
from apps.registry.rules import LINKS
from apps.reports.queries import origins
from apps.reports.queries.frozen.findings import Findings
from apps.reports.queries.words import moment, person, without_paths

Roles = dict[int, list[str]]
MOST_COMMITS = 100  # of each dataset's history that are listed, the newest


def merged_roles(*every: Mapping[DatasetVersion, list[str]]) -> Roles:
    """What each dataset version was used for by any of the versions, by its id, in the order of first use."""
    found: Roles = {}
    for roles in every:
        for data, used_as in roles.items():
            kept = found.setdefault(data.pk, [])
            kept += [role for role in used_as if role not in kept]
    return found


def read_datasets(pks: Iterable[int]) -> list[DatasetVersion]:
    """These dataset versions in their order; one query."""
    wanted = list(pks)
    rows = DatasetVersion.objects.filter(pk__in=wanted).select_related("dataset__team", "created_by", "parent")
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in wanted if pk in found]


def datasets_facts(datasets: list[DatasetVersion], roles: Roles, team_id: int, found: Findings) -> list[dict[str, Any]]:
    """Each with everything that is on record about it. Of sources of other teams than `team_id` only the terms."""
    plain = origins.dataset_facts({data: roles.get(data.pk, []) for data in datasets}, team_id)
    known, used, history = origins_of(datasets), _used_by(datasets, team_id), _history(datasets, team_id)
    figures = statistics_without_raw(datasets)  # a snapshot goes to people who may not read the rows
    return [
        facts
        | _more(data)
        | {
            "sources": [_source(link, team_id) for link in known.sources_of(data)],
            "derived_from": _derived(known, data, team_id),
            "terms": without_paths(inheritance_told(inherit(known.thing(data.pk, {team_id}), ()))),
            "findings": found.of_dataset(data.pk),
            "used_by": used.get(data.pk, []),
            "statistics": figures[data.pk],
            "commits": [_commit(one) for one in history.get(data.dataset_id, [])[:MOST_COMMITS]],
        }
        for data, facts in zip(datasets, plain, strict=True)
    ]


def _more(data: DatasetVersion) -> dict[str, Any]:
    """What the first form of the snapshot did not hold."""
    return {
        "name": data.dataset.name,
        "team": data.dataset.team.name,
        "number": data.number,
        "purpose": data.dataset.purpose,
        "purpose_label": PURPOSES.get(data.dataset.purpose, data.dataset.purpose),
        "branch": data.branch,
        "operation": data.operation,
        "operation_label": data.get_operation_display(),
        "message": data.message,
        "parent": str(data.parent) if data.parent and data.parent.dataset_id == data.dataset_id else None,
        "commit_digest": data.commit_digest,
        "key_columns": data.dataset.key_columns,
        "provenance_labels": PROVENANCE_LABELS,
        "carried": {name: carried_words(numbers) for name, numbers in data.carried.items()},
    }


def _source(link: VersionSource, team_id: int) -> dict[str, Any]:
    told, source = origins.source_facts(link, team_id), link.source
    if source.team_id != team_id:
        return told
    names = ("description", "url", "origin", "geography", "licence_evidence", "tdm_note", "confidentiality")
    uses = data_uses()
    return told | {
        **{name: getattr(source, name) for name in names},
        "collection_words": method_in_words(source.collection_method) if source.collection_method else "",
        "collected_from": source.collected_from.isoformat() if source.collected_from else None,
        "collected_to": source.collected_to.isoformat() if source.collected_to else None,
        "consent_document": source.consent_document,
        "tdm_label": TDM_RESERVATIONS[source.tdm_reservation],
        "intended_uses": [uses.get(code, code) for code in source.intended_uses],
        "machine_generated": source.machine_generated,
        "imported_from": source.imported_from,
        "changed_at": moment(source.changed_at),
    }


def _derived(known: Origins, data: DatasetVersion, team_id: int) -> list[dict[str, Any]]:
    return [
        {"id": one.origin_id, "how": one.how}
        | ({"label": str(one.origin), "digest": one.origin.digest} if one.origin.team_id == team_id else {})
        for one in known.derivations.get(data.pk, [])
    ]


def _used_by(datasets: list[DatasetVersion], team_id: int) -> dict[int, list[dict[str, Any]]]:
    """The team's model versions that were made from each of these; one query."""
    rows = LineageLink.objects.filter(dataset_version__in=datasets, version__team=team_id)
    found: dict[int, list[dict[str, Any]]] = {}
    for link in rows.select_related("version__model").order_by("pk"):
        told = {"id": link.version_id, "label": str(link.version), "relation": LINKS[link.relation]}
        found.setdefault(link.dataset_version_id or 0, []).append(told)
    return found


def _history(datasets: list[DatasetVersion], team_id: int) -> dict[int, list[DatasetVersion]]:
    """The commits of each dataset of the team, the newest first; one query."""
    own = {data.dataset_id for data in datasets if data.team_id == team_id}
    rows = DatasetVersion.objects.filter(dataset__in=own).order_by("-number")
    found: dict[int, list[DatasetVersion]] = {}
    for row in rows.select_related("created_by").defer("statistics", "provenance", "columns"):
        found.setdefault(row.dataset_id, []).append(row)
    return found


def _commit(one: DatasetVersion) -> dict[str, Any]:
    return {
        "number": one.number,
        "branch": one.branch,
        "operation": one.get_operation_display(),
        "message": one.message,
        "rows": one.rows,
        "size": one.size,
        "digest": one.digest,
        "created_by": person(one.created_by),
        "created_at": moment(one.created_at),
    }
