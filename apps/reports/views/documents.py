"""The pages before a document is there: choosing what and about what, seeing what it would lack, and making it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import person
from apps.core.form_fields import attempt, status_of
from apps.core.listing import rows_page
from apps.reports import services
from apps.reports.forms import PeriodForm, SnapshotForm
from apps.reports.models import ReportRun
from apps.reports.queries.kinds import kinds
from apps.reports.queries.preparing import Preparation, preparation_of_present, preparation_of_snapshot
from apps.reports.queries.snapshots import snapshot_seen
from apps.reports.queries.standing import subject_page
from apps.reports.queries.subjects import subject_seen, subjects_listed_for
from apps.reports.rules.documents.chosen import Chosen, chosen_named
from apps.reports.rules.documents.spec import SUBJECTS, SYSTEM

PAGE = 25


@require_GET
def document_choose(request: HttpRequest) -> HttpResponse:
    """Which documents there are, and what they can be about."""
    user, slug = person(request), request.GET.get("document", "")
    every = kinds()
    chosen = next((one for one in every if one.slug == slug), None)
    offered = {name: SUBJECTS[name] for name in (chosen.subjects if chosen else SUBJECTS)}
    kind = request.GET.get("kind", "")
    kind = kind if kind in offered else next(iter(offered), SYSTEM)
    search = request.GET.get("q", "").strip()[:200]
    context = {
        "documents": every,
        "chosen": chosen,
        "subjects": offered,
        "kind": kind,
        "kind_label": SUBJECTS[kind],
        "search": search,
        "page": rows_page(request, subjects_listed_for(user, kind, search), PAGE),
    }
    return render(request, "reports/document_choose.html", context)


@require_GET
def subject_documents(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Everything that can be handed out about one thing; while it is looked through, htmx asks again."""
    page = subject_page(person(request), kind, pk)
    name = "reports/_offers.html" if getattr(request, "htmx", False) else "reports/subject_documents.html"
    return render(request, name, {"page": page, "form": SnapshotForm()})


@require_POST
def readiness_start_view(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Look what the documents about one thing would lack."""
    user = person(request)
    services.readiness_start(by=user, subject=subject_seen(user, kind, pk))
    slug = request.POST.get("document", "")
    known = {one.slug for one in kinds()}
    return (
        redirect("reports:document-prepare", kind, pk, slug) if slug in known else redirect("reports:subject", kind, pk)
    )


def _edition(request: HttpRequest) -> tuple[str, bool]:
    given = request.POST if request.method == "POST" else request.GET
    return given.get("audience", ""), given.get("simplified", "") == "1"


def _documents(request: HttpRequest) -> list[Chosen] | None:
    """What was ticked for a pack; None where the page showed nothing to tick."""
    if "choosing" not in request.POST:
        return None
    return [chosen_named(key) for key in request.POST.getlist("documents")]


@require_GET
def document_prepare(request: HttpRequest, kind: str, pk: int, slug: str) -> HttpResponse:
    """What a document about one thing would lack, before it is made."""
    page = preparation_of_present(person(request), kind, pk, slug, *_edition(request))
    name = "reports/_preparation.html" if getattr(request, "htmx", False) else "reports/document_prepare.html"
    return render(request, name, {"page": page, "form": _period_form(request)})


@require_POST
def document_start_view(request: HttpRequest, kind: str, pk: int, slug: str) -> HttpResponse:
    """Make a document about one thing as it is at present."""
    user, (audience, is_simplified) = person(request), _edition(request)
    subject, form = subject_seen(user, kind, pk), PeriodForm(request.POST)
    edition = {"document": slug, "audience": audience, "is_simplified": is_simplified}
    run = _started(form, by=user, subject=subject, documents=_documents(request), **edition)
    if run is None:
        page = preparation_of_present(user, kind, pk, slug, audience, is_simplified)
        return _refused(request, page, form)
    messages.success(request, "The document is being made. You may leave this page.")
    return redirect("reports:report-detail", run.pk)


@require_GET
def document_prepare_from(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """What a document from a snapshot would lack, before it is made."""
    page = preparation_of_snapshot(person(request), pk, slug, *_edition(request))
    return render(request, "reports/document_prepare.html", {"page": page, "form": _period_form(request)})


@require_POST
def document_start_from_view(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Make a document from a snapshot."""
    user, (audience, is_simplified) = person(request), _edition(request)
    snapshot, form = snapshot_seen(user, pk), PeriodForm(request.POST)
    edition = {"document": slug, "audience": audience, "is_simplified": is_simplified}
    run = _started(form, by=user, snapshot=snapshot, documents=_documents(request), **edition)
    if run is None:
        return _refused(request, preparation_of_snapshot(user, pk, slug, audience, is_simplified), form)
    messages.success(request, "The document is being made from the snapshot. You may leave this page.")
    return redirect("reports:report-detail", run.pk)


def _period_form(request: HttpRequest) -> PeriodForm:
    """With the period that the address names, such as that of a document that is to be made again."""
    return PeriodForm(initial={name: request.GET.get(name, "") for name in ("first", "last")})


def _started(form: PeriodForm, **given: Any) -> ReportRun | None:
    """The run; None where the period is refused. Without one, a refusal has a page of its own."""
    if not form.has_changed():
        return services.document_start(**given)
    return attempt(form, services.document_start, **given)


def _refused(request: HttpRequest, page: Preparation, form: PeriodForm) -> HttpResponse:
    return render(request, "reports/document_prepare.html", {"page": page, "form": form}, status=status_of(form))
