"""Every kind of document in every edition, made from snapshots of one small world."""

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.reports.rendering import RENDERERS
from apps.reports.rules.documents.assembling import assemble
from apps.reports.rules.documents.content import Document
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.reading import document_specs
from apps.reports.rules.documents.spec import DATASET, DEPLOYMENT, INCIDENT, PDF, SUBJECTS, SYSTEM, VERSION
from apps.serving.models import Deployment
from tests.reports.overseen import CAUSE, PARTS, accident, facts_now, oversee, write_report
from tests.reports.world import World, approve

Snapshots = dict[str, dict[str, Any]]
DIGEST = "0123456789abcdef" * 4
AS_PDF = ("ai-act-art-72-cycle", "dataset-datasheet")  # one with drawings and wide tables, one with long words


def snapshots_of(world: World) -> Snapshots:
    """A snapshot of one thing of each kind, by the kind, as it is read back from the storage."""
    approve(world)
    system = oversee(world)
    incident = accident(world, world.version)
    write_report(world, incident, "initial", PARTS)
    write_report(world, incident, "final", CAUSE, is_sent=False)
    type(system).objects.filter(pk=system.pk).update(is_small_provider=True)
    system.refresh_from_db()
    things: dict[str, Any] = {SYSTEM: system, VERSION: world.version, DATASET: world.data, INCIDENT: incident}
    things[DEPLOYMENT] = Deployment.objects.get(version=world.version)
    return {kind: json.loads(json.dumps(facts_now(thing, world).raw)) for kind, thing in things.items()}


def documents_of(snapshots: Snapshots) -> Iterator[tuple[str, Document]]:
    """Each kind in each edition about each kind of thing, with a name for it."""
    for slug, spec in document_specs().items():
        for subject in (kind for kind in SUBJECTS if kind in spec.subjects):
            facts = Facts(snapshots[subject])
            for audience, is_simplified in spec.editions(is_small=facts.is_of_small_provider):
                name = "-".join(part for part in (slug, subject, audience, "short" if is_simplified else "") if part)
                yield (
                    name,
                    assemble(
                        spec,
                        facts,
                        audience=audience,
                        simplified=is_simplified,
                        made_at=facts.taken_at,
                        snapshot_digest=DIGEST,
                    ),
                )


def digests(snapshots: Snapshots) -> dict[str, str]:
    """SHA-256 of the files of each kind and edition, about one thing; PDFs of two kinds, for they take seconds each."""
    once = {(document.kind, document.audience, document.title): name for name, document in documents_of(snapshots)}
    found = {}
    for name, document in documents_of(snapshots):
        for form in document.formats if name in once.values() else ():
            if form != PDF or name.startswith(AS_PDF):
                made = RENDERERS[form](document, datetime.fromisoformat(document.made_at))
                found[f"{name}.{form}"] = hashlib.sha256(made).hexdigest()
    return found


def print_digests(path: str) -> None:
    """For a process of its own: `digests` of the snapshots in this file, as JSON."""
    json.dump(digests(json.loads(Path(path).read_text())), sys.stdout)
