"""Every endpoint over which decisions are prepared, with what it takes to read or use it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.checklist.models import Assessment
from apps.checklist.queries.answer_files import exported
from apps.incidents.rules.clocks import book
from tests.accounts.page_rows import (
    EVERYBODY,
    FRAMEWORK,
    SIGNED_BY_ALL,
    SOON,
    Rooms,
    Row,
    because,
    clock_asked,
    nothing,
    policy_asked,
    rating_asked,
    risk_asked,
    waiver_asked,
)
from tests.checklist.framework_files import URN


@dataclass(frozen=True)
class Endpoint(Row):
    """One method of one endpoint; `name` is both, as in "POST risks/{pk}/close/", and `args` fill its gaps."""

    query: Callable[[Rooms], dict[str, Any]] | None = None  # what stands behind the question mark
    form: str = "json"

    @property
    def method(self) -> str:
        return self.name.split(" ")[0].lower()

    def path(self, rooms: Rooms) -> str:
        """The address with everything in its place."""
        before, *rest = self.name.split(" ")[1].split("{")
        filled = zip(self.args, (one.split("}")[1] for one in rest), strict=True)
        path = "/api/v1/" + before + "".join(f"{rooms.number(told)}{after}" for told, after in filled)
        return f"{path}?{urlencode(self.query(rooms))}" if self.query else path


def _of_framework(_: Rooms) -> dict[str, Any]:
    return {"framework": URN}


def _link(_: Rooms) -> dict[str, Any]:
    return {"method": "by post", "link": "https://example.org/contract"}


def _file(rooms: Rooms) -> dict[str, Any]:
    work = Assessment.objects.get(pk=rooms["work"])
    answer: Any = exported(work, made_for="the test", kind="csv")
    return {"file": SimpleUploadedFile("answers.csv", b"".join(answer))}


ASSESSMENTS = [
    Endpoint("GET assessments/", EVERYBODY),
    Endpoint("POST assessments/", "assessment.answer", (), lambda r: {"system": r["free"], "framework": URN}),
    Endpoint("GET assessments/matrix/", EVERYBODY, query=_of_framework),
    Endpoint("GET assessments/not-begun/", EVERYBODY),
    Endpoint(
        "GET assessments/compare/", EVERYBODY,
        query=lambda r: {"of": f"{r['work']},{r['handed_in']}", "framework": URN},
    ),
    Endpoint("GET assessments/{pk}/", "team.view", ("#work",)),
    Endpoint("POST assessments/{pk}/collect/", "assessment.answer", ("#work",), nothing),
    Endpoint("POST assessments/{pk}/submit/", "assessment.answer", ("#work",), nothing),
    Endpoint(
        "POST assessments/{pk}/decide/", "assessment.decide", ("#handed_in",),
        lambda r: because(r) | {"decision": "refused"},
    ),
    Endpoint("GET assessments/{pk}/decisions/", "team.view", ("#work",)),
    Endpoint("GET assessments/{pk}/gate/", "team.view", ("#work",)),
    Endpoint("GET model-versions/{pk}/gate/", "team.view", ("#version",)),
    Endpoint("GET assessments/{pk}/quality/", "team.view", ("#work",)),
    Endpoint("GET assessments/{pk}/export/", "team.view", ("#work",)),
    Endpoint("POST assessments/{pk}/import/", "assessment.answer", ("#work",), _file, form="multipart"),
    Endpoint(
        "POST assessments/{pk}/import/", "assessment.answer", ("#work",), _file, form="multipart",
        query=lambda _: {"apply": "true"},
    ),
    Endpoint("GET assessments/{pk}/upgrade/", "team.view", ("#work",)),
    Endpoint("POST assessments/{pk}/upgrade/", "assessment.answer", ("#work",), nothing),
    Endpoint("GET assessments/{pk}/waivers/", "team.view", ("#checked",)),
    Endpoint("POST assessments/{pk}/waivers/", "waiver.grant", ("#checked",), waiver_asked),
    Endpoint("POST assessments/{pk}/waivers/{waiver}/revoke/", "waiver.grant", ("#checked", "#waiver"), because),
]  # fmt: skip
ANSWERS = [
    Endpoint("GET assessments/{pk}/answers/{question}/", "team.view", ("#work", "p-1")),
    Endpoint(
        "PUT assessments/{pk}/answers/{question}/", "assessment.answer", ("#work", "p-2"),
        lambda _: {"status": "declared", "text": "It is.", "expect_revision": 0},
    ),
    Endpoint(
        "POST assessments/{pk}/answers/{question}/evidence/", "assessment.answer", ("#work", "p-1"),
        lambda _: {"summary": "A note"},
    ),
    Endpoint(
        "POST assessments/{pk}/answers/{question}/citations/", "assessment.answer", ("#work", "p-1"),
        lambda r: {"version": r["letter_version"]},
    ),
    Endpoint(
        "POST assessments/{pk}/answers/{question}/evidence/{evidence}/detach/", "assessment.answer",
        ("#work", "p-1", "#evidence"), because,
    ),
]  # fmt: skip
WORK = [
    Endpoint("GET assignments/", EVERYBODY),
    Endpoint("GET assignments/{pk}/", "team.view", ("#given",)),
    Endpoint("POST assessments/{pk}/assignments/", "assessment.answer", ("#work",), lambda _: {"question": "p-6"}),
    Endpoint(
        "POST assessments/{pk}/assignments/", "assignment.give", ("#work",),
        lambda r: {"question": "p-7", "person": r.maker.pk},
    ),
    Endpoint("POST assessments/{pk}/assignments/{assignment}/end/", "assignment.give", ("#work", "#given"), because),
    Endpoint("GET assessments/{pk}/discussions/", "team.view", ("#work",)),
    Endpoint("GET assessments/{pk}/discussions/{discussion}/remarks/", "team.view", ("#work", "#open_talk")),
    Endpoint(
        "POST assessments/{pk}/discussions/{discussion}/settle/", "remark.write", ("#work", "#open_talk"), nothing
    ),
    Endpoint("POST assessments/{pk}/discussions/{discussion}/reopen/", "remark.write", ("#work", "#settled"), nothing),
    Endpoint(
        "POST assessments/{pk}/remarks/", "remark.write", ("#work",), lambda _: {"question": "p-4", "text": "I do."}
    ),
    Endpoint("POST assessments/{pk}/remarks/{remark}/withdraw/", "remark.withdraw", ("#work", "#remark"), nothing),
]  # fmt: skip
LIBRARY = [
    Endpoint("GET evidence-documents/", EVERYBODY),
    Endpoint(
        "POST evidence-documents/", "evidence.edit", (),
        lambda r: _link(r) | {"team": r["team"], "title": "Contract", "shows": "What was agreed."},
    ),
    Endpoint("GET evidence-documents/{pk}/", "team.view", ("#letter",)),
    Endpoint("GET evidence-documents/{pk}/supports/", "team.view", ("#letter",)),
    Endpoint("GET evidence-documents/{pk}/versions/", "team.view", ("#letter",)),
    Endpoint("POST evidence-documents/{pk}/versions/", "evidence.edit", ("#letter",), _link),
    Endpoint("POST evidence-documents/{pk}/withdraw/", "evidence.withdraw", ("#letter",), because),
    Endpoint("GET evidence-versions/", EVERYBODY),
    Endpoint("GET evidence-versions/{pk}/", "team.view", ("#file",)),
    Endpoint("GET evidence-versions/{pk}/file/", "evidence.read", ("#file",)),
    Endpoint("GET evidence-versions/{pk}/supports/", "team.view", ("#file",)),
    Endpoint("POST evidence-versions/{pk}/withdraw/", "evidence.withdraw", ("#file",), because),
]  # fmt: skip
FRAMEWORKS = [
    Endpoint("GET frameworks/", EVERYBODY),
    Endpoint("POST frameworks/", "framework.load", (), lambda _: {"text": FRAMEWORK}, outsider=403),
    Endpoint("POST frameworks/check/", "framework.load", (), lambda _: {"text": FRAMEWORK}, outsider=403),
    Endpoint("GET frameworks/{urn}/", EVERYBODY, (URN,)),
    Endpoint("GET frameworks/{urn}/changes/", EVERYBODY, (URN,), query=lambda _: {"before": 1, "after": 2}),
    Endpoint("GET frameworks/{urn}/file/", EVERYBODY, (URN,)),
    Endpoint("GET frameworks/{urn}/scores/", EVERYBODY, (URN,)),
    Endpoint("GET frameworks/{urn}/versions/", EVERYBODY, (URN,)),
    Endpoint("GET gate-policies/", EVERYBODY),
    Endpoint("POST gate-policies/", "policy.change", (), policy_asked),
    Endpoint("GET gate-policies/{pk}/", "team.view", ("#policy",)),
    Endpoint("POST gate-policies/{pk}/withdraw/", "policy.change", ("#policy",), because),
    Endpoint(
        "POST gate-policies/preview/", "team.view", (), lambda r: {"team": r["team"], "text": SIGNED_BY_ALL}
    ),
]  # fmt: skip
RISKS = [
    Endpoint("GET risks/", EVERYBODY),
    Endpoint("POST risks/", "risk.edit", (), risk_asked),
    Endpoint("GET risks/matrix/", EVERYBODY),
    Endpoint("GET risks/{pk}/", "team.view", ("#risk",)),
    Endpoint("POST risks/{pk}/change/", "risk.edit", ("#risk",), lambda r: because(r) | {"title": "A big leak"}),
    Endpoint("POST risks/{pk}/rate/", "risk.edit", ("#risk",), rating_asked),
    Endpoint("POST risks/{pk}/accept/", "risk.decide", ("#risk",), lambda r: because(r) | {"review_on": SOON}),
    Endpoint("POST risks/{pk}/close/", "risk.decide", ("#risk",), because),
    Endpoint("POST risks/{pk}/reopen/", "risk.edit", ("#gone",), because),
    Endpoint("POST risks/{pk}/check/", "risk.edit", ("#risk",), nothing),
    Endpoint("POST risks/{pk}/controls/", "risk.edit", ("#risk",), lambda _: {"title": "A wall"}),
    Endpoint(
        "POST risks/{pk}/controls/{control}/mark/", "risk.edit", ("#risk", "#control"),
        lambda r: because(r) | {"works": True},
    ),
    Endpoint("POST risks/{pk}/controls/{control}/remove/", "risk.edit", ("#risk", "#control"), because),
]  # fmt: skip
INCIDENTS = [
    Endpoint("GET reminders/", EVERYBODY),
    Endpoint("GET incidents/", EVERYBODY),
    Endpoint(
        "POST incidents/", "incident.open", (), lambda r: {"team": r["team"], "title": "A leak", "severity": "low"}
    ),
    Endpoint("GET incidents/{pk}/", "team.view", ("#incident",)),
    Endpoint("POST incidents/{pk}/classify/", "incident.manage", ("#incident",), clock_asked),
    Endpoint("POST incidents/{pk}/close/", "incident.close", ("#small",), lambda _: {"resolution": "It was mended."}),
    Endpoint(
        "POST incidents/{pk}/holds/", "incident.manage", ("#incident",),
        lambda r: because(r) | {"subject_type": "catalog.datasetversion", "subject_id": r["data"]},
    ),
    Endpoint("POST incidents/{pk}/holds/{one}/release/", "incident.manage", ("#incident", "#hold"), because),
    Endpoint(
        "POST incidents/{pk}/duties/", "incident.manage", ("#incident",), lambda _: {"duty": list(book().duties)[1]}
    ),
    Endpoint(
        "POST incidents/{pk}/duties/{one}/done/", "incident.manage", ("#incident", "#duty"),
        lambda _: {"note": "By telephone."},
    ),
    Endpoint("POST incidents/{pk}/actions/", "incident.open", ("#incident",), lambda _: {"title": "Mend it"}),
    Endpoint(
        "POST incidents/{pk}/actions/{one}/done/", "incident.open", ("#incident", "#action"),
        lambda _: {"outcome": "It was mended."},
    ),
    Endpoint("POST incidents/{pk}/reports/", "incident.manage", ("#incident",), lambda _: {"kind": "final"}),
    Endpoint(
        "POST incidents/{pk}/reports/{one}/save/", "incident.manage", ("#incident", "#report"),
        lambda _: {"sections": {"overview": "It leaked more."}},
    ),
    Endpoint(
        "POST incidents/{pk}/reports/{one}/send/", "incident.manage", ("#incident", "#report"),
        lambda _: {"reference": "A 7"},
    ),
]  # fmt: skip
ENDPOINTS = [*ASSESSMENTS, *ANSWERS, *WORK, *LIBRARY, *FRAMEWORKS, *RISKS, *INCIDENTS]
