"""What is due: the page, and the calendar that a calendar program asks for."""

from datetime import timedelta

import icalendar
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import person
from apps.reminders import services
from apps.reminders.queries import choice_of, dated_for, dues_for, person_of_calendar

LENGTH = timedelta(minutes=30)


@require_GET
def due_list(request: HttpRequest) -> HttpResponse:
    """Everything that is due for the person within a month, and how they are reminded."""
    return _page(request)


def _page(request: HttpRequest, calendar: str = "") -> HttpResponse:
    user, now = person(request), timezone.now()
    context = {
        "dues": [(due, due.stage(now)) for due in dues_for(user)],
        "choice": choice_of(user),
        "is_mail_on": settings.MAIL_IS_ON,
        "calendar": calendar,
    }
    return render(request, "reminders/due_list.html", context)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Say whether one is told by mail."""
    by_mail = request.POST.get("by_mail") == "yes"
    services.reminder_choose(by=person(request), by_mail=by_mail)
    messages.success(request, "You are told by mail." if by_mail else "You are told by no mail.")
    return redirect("reminders:due-list")


@require_POST
def calendar_make_view(request: HttpRequest) -> HttpResponse:
    """Make the address of one's calendar, which is shown this once."""
    secret = services.calendar_make(by=person(request))
    return _page(request, request.build_absolute_uri(reverse("reminders:calendar", args=[secret])))


@require_POST
def calendar_end_view(request: HttpRequest) -> HttpResponse:
    """Take the address of one's calendar back."""
    services.calendar_end(by=person(request))
    messages.success(request, "The address of your calendar shows nothing any more.")
    return redirect("reminders:due-list")


@login_not_required
@require_GET
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """What is due for a person as an iCalendar file (RFC 5545). The address is the secret that lets one in."""
    user = person_of_calendar(secret)
    if user is None:
        raise Http404
    book = icalendar.Calendar()
    book.add("prodid", "-//GenAIOps//Reminders//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", "GenAIOps")
    for due in dated_for(user):
        event = icalendar.Event()
        event.add("uid", f"{due.key}@genaiops")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", due.at)
        event.add("duration", LENGTH)
        event.add("summary", f"{due.label}: {due.title}")
        event.add("url", f"{settings.BASE_URL.rstrip('/')}{due.page}")
        book.add_component(event)
    answer = HttpResponse(book.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer
