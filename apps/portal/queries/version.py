"""What the page of one model version shows: its head on every tab, and what the chosen tab needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from apps.accounts.queries import may, may_anywhere
from apps.checklist.models import Assessment
from apps.checklist.queries import assessment_of, makers_of, present_view
from apps.checklist.rules import APPROVED, SUBMITTED, UNKNOWN, AssessmentView
from apps.portal.queries.said_twice import SaidTwice, said_twice
from apps.portal.queries.standing import Standing, standing_of_version
from apps.portal.queries.version_tabs import READ, TABS
from apps.registry.models import ImportRun, ModelVersion, Removal, SystemVersion
from apps.registry.queries import alias_names_of, removal_of, systems_of, version_on_record
from apps.registry.rules import RETIRED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


SHOWS_SAID = ("checklist", "documents")  # the tabs that speak of what is said of a version


@dataclass(frozen=True)
class Rights:
    """What the person may do with this version, as far as their roles go."""

    answer: bool
    decide: bool
    evaluate: bool
    tune: bool
    deploy: bool
    measure_drift: bool
    report: bool
    retire: bool
    describe: bool
    point: bool
    upload: bool
    read_trail: bool
    export: bool
    remove: bool
    restore: bool


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next. `is_post`: a form that begins something, otherwise a link."""

    label: str
    url: str
    is_post: bool = False


@dataclass(frozen=True)
class Tab:
    """One part of the page; so many questions stand against approval as `problems` says."""

    name: str
    label: str
    url: str
    is_current: bool
    problems: int | None = None


@dataclass(frozen=True)
class VersionPage:
    """One model version, and in `content` what the chosen tab needs."""

    version: ModelVersion
    tab: str
    tabs: list[Tab]
    rights: Rights
    assessment: Assessment | None
    checklist: AssessmentView | None
    next_step: NextStep | None
    fetching: ImportRun | None
    aliases: list[str]
    systems: list[SystemVersion]
    obstacles: list[str]
    removal: Removal | None
    said_twice: list[SaidTwice]
    standing: Standing
    content: Mapping[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The part of the page that shows the tab."""
        return f"portal/version_{self.tab}.html"


def version_page_for(user: "User | AnonymousUser", pk: int, tab: str, *, chosen: int | None = None) -> VersionPage:
    """The page of one version; `chosen` is the run that a tab shows, the newest when None.

    Raises NotFound when the version is not to be seen. An unknown tab, or the trail for somebody who may not read it,
    shows the checklist.
    """
    version = version_on_record(user, pk)
    rights = _rights(user, version)
    tab = tab if tab in TABS and (tab != "trail" or rights.read_trail) else "checklist"
    assessment = assessment_of(version)
    checklist = present_view(assessment) if assessment else None
    return VersionPage(
        version=version,
        tab=tab,
        tabs=_tabs(version, tab, rights, checklist),
        rights=rights,
        assessment=assessment,
        checklist=checklist,
        next_step=_next_step(user, version, rights, assessment, checklist),
        fetching=None if version.manifest_digest else version.imports.order_by("-pk").first(),
        aliases=alias_names_of(version),
        systems=systems_of(user, version),
        obstacles=_obstacles(version),
        removal=removal_of(version),
        said_twice=said_twice(version, checklist, assessment.pk if assessment else None) if tab in SHOWS_SAID else [],
        standing=standing_of_version(user, version),
        content=READ[tab](user, version, chosen),
    )


def _obstacles(version: ModelVersion) -> list[str]:
    """What keeps an approved version from being deployed; of a removed one the page says so elsewhere."""
    is_shown = version.stage == ModelVersion.Stage.APPROVED and version.deleted_at is None
    return version.obstacles if is_shown else []


def _tabs(version: ModelVersion, current: str, rights: Rights, checklist: AssessmentView | None) -> list[Tab]:
    problems = len(checklist.gate.questions) or None if checklist else None
    return [
        Tab(name, label, _address(version, name), name == current, problems if name == "checklist" else None)
        for name, label in TABS.items()
        if name != "trail" or rights.read_trail
    ]


def _address(version: ModelVersion, tab: str) -> str:
    return reverse("portal:version-tab", args=[version.pk, tab])


def _rights(user: "User | AnonymousUser", version: ModelVersion) -> Rights:
    team, is_listed = version.team_id, version.deleted_at is None
    is_alive = is_listed and version.stage != RETIRED
    has_files = is_alive and bool(version.manifest_digest)
    return Rights(
        answer=is_alive and may(user, "assessment.answer", team),
        decide=is_alive and may(user, "assessment.decide", team),
        evaluate=has_files and may(user, "evaluation.start", team),
        tune=has_files and may(user, "team.view", team) and may_anywhere(user, "tuning.start"),
        deploy=is_alive and may(user, "deployment.start", team),
        measure_drift=is_alive and may(user, "drift.start", team),
        report=is_listed and may(user, "report.create", team),
        retire=is_alive and may(user, "version.retire", team),
        describe=is_alive and may(user, "version.describe", team),
        point=is_listed and may(user, "alias.set", team),
        upload=is_alive and version.takes_files and may(user, "version.create", team),
        read_trail=may(user, "trail.view", team),
        export=is_listed,
        remove=is_listed and may(user, "model.delete", team),
        restore=not is_listed and version.model.deleted_at is None and may(user, "model.delete", team),
    )


def _next_step(
    user: "User | AnonymousUser",
    version: ModelVersion,
    rights: Rights,
    assessment: Assessment | None,
    checklist: AssessmentView | None,
) -> NextStep | None:
    if rights.upload:
        return NextStep("Send its files", _address(version, "files"))
    if not version.manifest_digest or version.stage == RETIRED or version.deleted_at is not None:
        return None
    if assessment is None or checklist is None:
        return NextStep("Start the checklist", reverse("checklist:assessment-create"), True) if rights.answer else None
    url = reverse("checklist:assessment-detail", args=[assessment.pk])
    if assessment.state == SUBMITTED:
        is_free = rights.decide and user.pk not in makers_of(assessment)
        return NextStep("Read and decide", url) if is_free else None
    if assessment.state == APPROVED:
        return _after_approval(version, rights, checklist, url)
    if not rights.answer:
        return None
    is_answered = not checklist.counts.get(UNKNOWN) and checklist.gate.is_green
    return NextStep("Submit for sign-off" if is_answered else "Answer the questions", url)


def _after_approval(version: ModelVersion, rights: Rights, checklist: AssessmentView, url: str) -> NextStep | None:
    if version.is_deployable and checklist.is_approval_current:
        start = f"{reverse('serving:deployment-start')}?version={version.pk}"
        return NextStep("Deploy", start) if rights.deploy else None
    return NextStep("Look at the answers again", url) if rights.answer else None
