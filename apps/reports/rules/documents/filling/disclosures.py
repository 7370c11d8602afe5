"""What a transparency record says of time: since when a system has been in use (Article 50(2) with 111(4))."""

from apps.checklist.rules.status import MEASURED, NOT_APPLICABLE
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known
from apps.reports.rules.documents.filling.facts import Asked, Facts
from apps.reports.rules.documents.filling.governance import AI_ACT
from apps.reports.rules.documents.filling.moments import day
from apps.reports.rules.documents.filling.registry import condition, filler

# Article 111(4): systems placed on the market before this day have until 2 December 2026 to mark what they make.
_FROM = "2026-08-02"


@filler("disclosure.since")
def since(facts: Facts) -> Filled:
    """The oldest deployment on record."""
    started = _started(facts)
    if not started:
        return NOTHING
    rows = (("Oldest deployment on record", day(min(started))),)
    digest = next(str(one.get("digest") or "") for one in facts.deployments if one.get("created_at") == min(started))
    return Filled((FactList(rows),), (Known(MEASURED, "Records of deployments", min(started), digest),))


@condition("disclosure.may_be_earlier")
def may_be_earlier(facts: Facts) -> tuple[bool, str]:
    """Not where everything on record is younger than the day from which marking is due at once, and nobody says that
    the system was on the market before it was put on record."""
    started = _started(facts) + [str(one["created_at"]) for one in facts.systems if one.get("created_at")]
    is_said = any(_says_so(one) for one in facts.answered(AI_ACT, "art-50-2-earlier"))
    if not started or min(started) < _FROM or is_said:
        return True, ""
    return False, (
        f"The system and its deployments are on record since {day(min(started))}, not before 2 August 2026, and nobody"
        " says that the system was on the market earlier. The later date for marking does not hold for it: marking"
        " under paragraph 2 is due from the first day."
    )


def _says_so(one: Asked) -> bool:
    return one.question["status"] != NOT_APPLICABLE and bool((one.answer or {}).get("text"))


def _started(facts: Facts) -> list[str]:
    return [str(one["created_at"]) for one in facts.deployments if one.get("created_at")]
