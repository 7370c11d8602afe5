"""The pages of the risk register: the list with its matrix, one risk, and every decision on it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.queries import may, may_anywhere, person
from apps.accounts.services import require
from apps.core.errors import Refused
from apps.core.form_fields import attempt, key_named, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.risks import queries, services
from apps.risks.forms import AcceptForm, CellForm, MarkForm, RatingForm, RiskChangeForm, RiskFilterForm, RiskForm
from apps.risks.models import Risk
from apps.risks.rules import CLOSED, INHERENT, LEVELS, OPEN, RATINGS, RESIDUAL

SORTS = {"title": "title", "changed": "updated_at", "review": "review_on"}
CSV = (
    "id", "title", "category", "team", "system", "version", "owner", "state", "likelihood", "impact",
    "residual likelihood", "residual impact", "level now", "treatment", "plan", "review on", "changed",
)  # fmt: skip


@require_GET
def risk_list(request: HttpRequest) -> HttpResponseBase:
    """The register, with the matrix over the risks that the filter lets through."""
    user = person(request)
    form, cell = RiskFilterForm(user, request.GET), CellForm(request.GET)
    rows = _chosen(queries.risks_seen_by(user), form)
    kind = INHERENT if request.GET.get("kind") == INHERENT else RESIDUAL
    picture = queries.matrix(rows if form.data.get("state") else rows.exclude(state=CLOSED), kind)
    is_cell = cell.is_valid()
    if is_cell:
        rows = queries.risks_in_cell(rows, **cell.cleaned_data)
    rows = ordered(request, rows, SORTS)
    if wants_csv(request):
        return csv_answer("risks", CSV, (_line(row) for row in rows.iterator(500)))
    context = {
        "form": form,
        "page": rows_page(request, rows),
        "matrix": picture,
        "kinds": RATINGS.items(),
        "levels": LEVELS.items(),
        "cell": cell.cleaned_data if is_cell else None,
        "may_create": may_anywhere(user, "risk.edit"),
    }
    return render(request, "risks/risk_list.html", context)


def _chosen(rows: QuerySet[Risk], form: RiskFilterForm) -> QuerySet[Risk]:
    if not form.is_valid():
        return rows
    chosen = form.cleaned_data
    rows = rows.filter(title__icontains=chosen["title"]) if chosen["title"] else rows
    rows = queries.risks_at_level(rows, chosen["level"]) if chosen["level"] else rows
    return rows.filter(**{name: chosen[name] for name in ("state", "category", "team", "system") if chosen[name]})


def _line(row: Risk) -> tuple[Any, ...]:
    about = (row.system or "", row.version or "", row.owner.name)
    rated = (row.likelihood, row.impact, row.residual_likelihood, row.residual_impact, row.level)
    told = (row.pk, row.title, row.category, row.team.name, *about, row.state)
    return (*told, *rated, row.treatment, row.plan, row.review_on, row.updated_at)


@require_http_methods(["GET", "POST"])
def risk_create_view(request: HttpRequest) -> HttpResponse:
    """Put a risk on record."""
    user = person(request)
    if not may_anywhere(user, "risk.edit"):
        raise Refused("Your roles do not include putting risks on record.", remedy="Ask an engineer of your team.")
    about = {name: key_named(request, name) for name in ("system", "version")}
    form = RiskForm(user, posted(request), **about)
    risk = attempt(form, services.risk_create, by=user)
    if risk is not None:
        messages.success(request, "The risk is on record. Say next what holds it down.")
        return redirect("risks:risk-detail", risk.pk)
    return render(request, "risks/risk_form.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "POST"])
def risk_change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is on record of a risk."""
    user = person(request)
    risk = queries.risk_seen(user, pk)
    require(user, "risk.edit", risk.team_id)
    form = RiskChangeForm(user, risk, posted(request))
    if attempt(form, services.risk_change, by=user, risk=risk) is not None:
        messages.success(request, "The record is changed.")
        return redirect("risks:risk-detail", pk)
    return render(request, "risks/risk_form.html", {"form": form, "risk": risk}, status=status_of(form))


@require_GET
def risk_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One risk: how bad it is, what holds it down, and what was decided."""
    user = person(request)
    return _page(request, user, queries.risk_seen(user, pk))


def _page(
    request: HttpRequest,
    user: User,
    risk: Risk,
    *,
    rating: RatingForm | None = None,
    accepting: AcceptForm | None = None,
    status: int = 200,
) -> HttpResponse:
    ratings, controls = queries.ratings_of(risk), queries.controls_of(risk)
    may_decide = may(user, "risk.decide", risk.team_id)
    context = {
        "risk": risk,
        "has_rules": any(one.rule for one in controls),
        "controls": [(one, MarkForm(auto_id=f"mark-{one.pk}-%s")) for one in controls],
        "ratings": ratings,
        "may_edit": may(user, "risk.edit", risk.team_id),
        "may_decide": may_decide,
        "own_part": queries.part_of(user, risk) if may_decide else "",
        "rating": rating or RatingForm(risk),
        "accepting": accepting or AcceptForm(risk),
        "is_open": risk.state == OPEN,
        "is_closed": risk.state == CLOSED,
    }
    return render(request, "risks/risk_detail.html", context, status=status)


@require_POST
def risk_rate_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge a risk anew."""
    user = person(request)
    risk = queries.risk_seen(user, pk)
    form = RatingForm(risk, request.POST)
    if attempt(form, services.risk_rate, by=user, risk=risk) is None:
        return _page(request, user, risk, rating=form, status=422)
    messages.success(request, "The rating is kept, with what it rests on.")
    return redirect("risks:risk-detail", pk)


@require_POST
def risk_accept_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Live with a risk until it is looked at again."""
    user = person(request)
    risk = queries.risk_seen(user, pk)
    form = AcceptForm(risk, request.POST)
    accepted = attempt(form, services.risk_accept, by=user, risk=risk)
    if accepted is None:
        return _page(request, user, risk, accepting=form, status=422)
    messages.success(request, f"The risk is accepted until {accepted.review_on:%d %B %Y}.")
    return redirect("risks:risk-detail", pk)


@require_POST
def risk_close_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a risk is gone."""
    risk = queries.risk_seen(person(request), pk)
    services.risk_close(by=person(request), risk=risk, reason=request.POST.get("reason", ""))
    messages.success(request, "The risk is closed. It stays on record.")
    return redirect("risks:risk-detail", pk)


@require_POST
def risk_reopen_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a risk again."""
    risk = queries.risk_seen(person(request), pk)
    services.risk_reopen(by=person(request), risk=risk, because=request.POST.get("reason", ""))
    messages.success(request, "The risk is open again.")
    return redirect("risks:risk-detail", pk)


@require_POST
def control_mark_view(request: HttpRequest, pk: int, control: int) -> HttpResponse:
    """Say whether a control works."""
    user = person(request)
    found = queries.control_seen(user, queries.risk_seen(user, pk), control)
    form = MarkForm(request.POST)
    if attempt(form, services.control_mark, by=user, control=found) is None:
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
    else:
        messages.success(request, "What you found is kept with the control.")
    return redirect("risks:risk-detail", pk)


@require_POST
def control_remove_view(request: HttpRequest, pk: int, control: int) -> HttpResponse:
    """Say that something no longer holds the risk down."""
    user = person(request)
    found = queries.control_seen(user, queries.risk_seen(user, pk), control)
    services.control_remove(by=user, control=found, reason=request.POST.get("reason", ""))
    messages.success(request, "The control is taken away. It stays on record.")
    return redirect("risks:risk-detail", pk)
