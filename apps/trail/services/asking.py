"""What people ask for: to verify all of the trail, to sign it, to take entries along."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import team_ids_where
from apps.accounts.services import require
from apps.audit.models import AuditEntry, Checkpoint
from apps.audit.queries import fields_of
from apps.audit.queries.examining import Examined
from apps.audit.queries.exports import Wanted, entries_wanted, event_source
from apps.audit.rules.extracts import FORMS, Extract, sealed_lines
from apps.audit.services import WORKER, record
from apps.audit.services.checkpoints import checkpoint_make
from apps.audit.services.keys import signing_key
from apps.core import rules as run_rules
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue
from apps.trail.models import TrailCheckRun
from apps.trail.queries import require_reader


@transaction.atomic
def trail_check_start(*, by: User, team: Team | int | None = None) -> TrailCheckRun:
    """Queue a verification of the whole trail. It stands under a team in which the person may read the trail: the one
    given, or the first. Raises Conflict while one is under way there.
    """
    require_reader(by)
    team_id = team_ids_where(by, "trail.view")[0] if team is None else team if isinstance(team, int) else team.pk
    require(by, "trail.view", team_id)
    if TrailCheckRun.objects.filter(team_id=team_id, state__in=run_rules.OPEN).exists():
        raise Conflict("The trail is being verified already.", code="trail.check_open", remedy="Wait for its result.")
    run = TrailCheckRun.objects.create(team_id=team_id, created_by=by)
    record(action="trail.check", obj=run, by=by)
    enqueue(run)
    return run


@transaction.atomic
def trail_check_finish(*, run: TrailCheckRun, found: Examined) -> None:
    """Keep what a verification found; that it found a change is a result, not a failure of the run."""
    rows = f"{found.verdict.rows:,} entries read"
    message = f"Intact: {rows}" if found.is_intact else f"The trail was changed: {rows}"
    run.end(run_rules.SUCCEEDED, result=found.as_json(), message=message)
    told = {"is_intact": found.is_intact, "rows": found.verdict.rows, "head": found.verdict.head}
    record(action="trail.check_finish", obj=run, by=WORKER, data=told | {"broken_at": found.verdict.broken_at})


def checkpoint_ask(*, by: User) -> Checkpoint | None:
    """Sign the trail as it is now; None where nothing was recorded since it was signed last."""
    require_reader(by)
    return checkpoint_make(by=by)


@dataclass(frozen=True)
class Export:
    """A file of entries that is written while it is read."""

    name: str
    lines: Iterator[str]


@transaction.atomic
def trail_export(*, by: User, wanted: Wanted, rows: QuerySet[AuditEntry], form: str) -> Export:
    """The entries among `rows` (those that the person sees) that the filters leave, sealed; that it was asked for is
    in the trail itself. Raises Invalid for a form that there is none of.
    """
    if form not in FORMS:
        raise Invalid(f"There is no such form: {form[:40]}.", remedy=f"Choose one of {', '.join(FORMS)}.")
    record(action="trail.export", obj=by, by=by, data={"form": form, "filters": wanted.in_words()})
    now = timezone.now()
    about = wanted.in_words() | {"reader": f"user:{by.pk}"}
    extract = Extract(signing_key(), now.isoformat(timespec="microseconds"), about, form, event_source())
    lines = sealed_lines(fields_of(entries_wanted(wanted, rows)), extract)
    return Export(f"audit-trail-{now:%Y%m%d-%H%M%S}.{'jsonl' if form == 'jsonl' else 'cloudevents.jsonl'}", lines)
