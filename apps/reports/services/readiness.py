"""Looking what a document would lack, before anybody makes it: every kind of document about one thing in one go."""

import json
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import WORKER, record
from apps.core import rules as run_rules
from apps.core.errors import Conflict
from apps.core.queue import enqueue
from apps.reports.models import ReadinessRun
from apps.reports.queries.kinds import kinds_about
from apps.reports.queries.subjects import Subject
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.standing import edition_standing
from apps.reports.rules.pack import sha256
from apps.reports.services.snapshots import OnProgress, about, frozen_now


@transaction.atomic
def readiness_start(*, by: User, subject: Subject) -> ReadinessRun:
    """Queue a check of what the documents about a thing would lack. Raises Conflict while one is at work."""
    require(by, "report.create", subject.team_id)
    in_turn(subject.team_id)
    named = about(subject)
    same = {name: named[name] for name in ("subject_kind", "subject_id")}
    if ReadinessRun.objects.filter(**same, state__in=run_rules.OPEN).exists():
        raise Conflict("It is being looked at already.", code="readiness.open", remedy="Wait until that has ended.")
    run = ReadinessRun.objects.create(**named, created_by=by)
    record(action="readiness.start", obj=run, by=by, data=same)
    enqueue(run)
    return run


def readiness_make(*, run: ReadinessRun, on_progress: OnProgress) -> None:
    """Look how every edition of every document about a claimed run's subject would stand."""
    on_progress(0.0, "Reading the record")
    content = frozen_now(run, "To see what documents lack").content
    facts, digest = Facts(json.loads(content)), sha256(content)
    found: list[dict[str, Any]] = []
    specs = [kind.spec for kind in kinds_about(run.subject_kind) if kind.spec is not None]
    for place, spec in enumerate(specs):
        on_progress(0.5 + 0.5 * place / len(specs), spec.title)
        found += [
            edition_standing(spec, facts, digest, audience=audience, is_simplified=is_simplified)
            for audience, is_simplified in spec.editions(is_small=facts.is_of_small_provider)
        ]
    readiness_finish(run=run, found=found, digest=digest)


@transaction.atomic
def readiness_finish(*, run: ReadinessRun, found: list[dict[str, Any]], digest: str) -> None:
    """Keep what the check found."""
    run.end(run_rules.SUCCEEDED, result={"documents": found, "facts_digest": digest}, message="Looked through")
    record(action="readiness.finish", obj=run, by=WORKER, data={"facts_digest": digest})
