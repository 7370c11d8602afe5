"""The whole description of a model version for exports, and the score of its completeness."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from apps.catalog.queries.licences import HIDDEN
from apps.catalog.rules.licences import duties
from apps.checklist.queries import assessment_of, present_view
from apps.portal.queries.cards.data import DataTold, Use, data_told
from apps.portal.queries.cards.moments import newest, stamp
from apps.portal.queries.cards.runs import (
    evaluations_told,
    figures_of_runs,
    recreation_of,
    recreation_said,
    runs_told,
    tuning_properties,
    tuning_said,
)
from apps.registry.models import LineageLink, ModelVersion, TuningRun
from apps.registry.queries import lineage_links, model_licence_verdict, tuning_of, versions_seen_by
from apps.registry.queries.documents import figures_of, how_known_of, recorded_of, statements_of
from apps.registry.rules import TRAINED_ON, TUNED_FROM, cards
from apps.registry.rules.cards import BaseFacts, Completeness, Described, FileFacts, PlaceFacts
from apps.serving.models import Application
from apps.serving.queries import deployments_of, state_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_FILES = 5_000
MOST_PLACES = 100
Words = dict[str, list[str]]


def described_for(user: "User | AnonymousUser", version: ModelVersion, url: str) -> Described:
    """What an export says of a version to this person; things of teams that they are not in have no name in it."""
    return _Gathered(user, version, url).described()


def told_of(user: "User | AnonymousUser", version: ModelVersion) -> Words:
    """What runs, data, deployments and evaluations tell of a version, by field."""
    described = described_for(user, version, "")
    figures = [one.words for one in described.figures]
    return {name: list(words) for name, words in described.measured.items()} | (
        {cards.FIGURES: figures} if figures else {}
    )


def completeness_of(user: "User | AnonymousUser", version: ModelVersion, url: str) -> Completeness:
    """How much of what the questions need is on record, as far as this person sees it."""
    described = _Gathered(user, version, url).described(is_judged_only=True)
    return cards.completeness(described.said(), described.how_known())


class _Gathered:
    """The parts of one description, read in a number of queries that does not depend on how many things there are."""

    def __init__(self, user: "User | AnonymousUser", version: ModelVersion, url: str) -> None:
        self.user, self.version, self.url = user, version, url
        self.links = lineage_links([version.pk])
        self.tuning = tuning_of(version)
        self.evaluations = evaluations_told(version)
        self.bases = self._bases()
        self.data = self._data()
        self.places, self.place_moments = self._places()

    def described(self, *, is_judged_only: bool = False) -> Described:
        """All of it together; without the checklist's answers and the inherited terms where only what is said counts:
        those cost as many questions to the database as all the rest.
        """
        version = self.version
        statements = statements_of(version)
        measured, properties = self._measured()
        recorded = recorded_of(version, statements)
        if not version.description and version.model.description:
            recorded["description"] = version.model.description
        return Described(
            model=version.model.name,
            number=version.number,
            team=version.team.name,
            url=self.url,
            created=stamp(version.created_at),
            updated=stamp(self._updated([one.said_at for one in statements])),
            stage=version.stage,
            digest=version.manifest_digest,
            size=version.size,
            statements=recorded,
            known=self.data.known | how_known_of(version, statements),
            files=[FileFacts(file.path, file.digest, file.size) for file in version.files.all()[:MOST_FILES]],
            figures=[*figures_of_runs(self.evaluations), *figures_of(version)],
            bases=self.bases,
            data=self.data.facts,
            runs=runs_told(self.tuning, self.evaluations),
            places=self.places,
            properties=properties if is_judged_only else properties | self._terms(),
            measured=measured,
            answers={} if is_judged_only else self._answers(),
        )

    def _bases(self) -> list[BaseFacts]:
        """Every model that the version descends from, nearest first, each once."""
        pks = [pk for pk in self.links if pk != self.version.pk]
        seen = set(versions_seen_by(self.user).filter(pk__in=pks).values_list("pk", flat=True))
        found: dict[int, BaseFacts] = {}
        line, child = [self.version.pk], ""
        while line:
            above = []
            for pk in line:
                child = "" if pk == self.version.pk else _key(pk)
                for base in _base_versions(self.links.get(pk, [])):
                    if base.pk not in found and base.pk != self.version.pk:
                        found[base.pk] = _base(base, child, base.pk in seen)
                        above.append(base.pk)
            line = above
        return list(found.values())

    def _data(self) -> DataTold:
        """The data that trained it, that trained its base models, and that tested it, each once for each use."""
        uses: dict[tuple[int, str, str], Use] = {}
        for pk, links in self.links.items():
            of = "" if pk == self.version.pk else _key(pk)
            for link in links:
                if link.relation == TRAINED_ON and link.dataset_version is not None:
                    use = Use(link.dataset_version, "training", of)
                    uses.setdefault((link.dataset_version.pk, use.use, ""), use)
        for run in self.evaluations:
            uses.setdefault((run.dataset_version_id, "evaluation", ""), Use(run.dataset_version, "evaluation"))
        address = "{0.scheme}://{0.netloc}".format(urlsplit(self.url))
        # One element of an export for each dataset: what trained it is not told again where it also tested it.
        first = {use.version.pk: use for use in reversed(list(uses.values()))}
        return data_told(self.user, [use for use in uses.values() if first[use.version.pk] is use], address)

    def _places(self) -> tuple[list[PlaceFacts], list[datetime | None]]:
        found, moments = [], list[datetime | None]()
        for place in list(deployments_of(self.version).order_by("pk")[:MOST_PLACES]):
            applications = [_application(one) for one in place.applications.all()]
            state = state_of(place)
            told = PlaceFacts(
                f"deployment-{place.pk}", place.name, place.environment, place.purpose, state, applications
            )
            found.append(told)
            moments += [place.created_at, place.stopped_at]
            moments += [one.acknowledged_at or one.created_at for one in place.applications.all()]
        return found, moments

    def _measured(self) -> tuple[Words, dict[str, str]]:
        """What runs, data and deployments tell of our fields, and the properties that go with it."""
        measured: Words = dict(self.data.said)
        properties: dict[str, str] = {}
        own = [one for one in self.data.facts if one.use == "training" and not one.of]
        if own:
            measured["training_data"] = [f"{one.name} v{one.version}" if one.version else one.name for one in own]
        if self.bases:
            measured["base_models"] = [_named(base) for base in self.bases]
        if self.tuning is not None:
            measured |= self._tuning(self.tuning, properties)
        running = [place for place in self.places if place.state != "stopped"]
        if running:
            measured["deployments"] = [f"{one.name} ({one.environment}): {one.state}" for one in running]
        told = [one for place in running for one in place.applications]
        if told and all(one["aware"] == "yes" for one in told):
            measured["disclosure"] = [f"{one['app']}: acknowledged on {one['checked-on']}" for one in told]
        return measured, properties

    def _tuning(self, tuning: TuningRun, properties: dict[str, str]) -> Words:
        base = next((_named(one) for one in self.bases if not one.child), HIDDEN)
        own = (one for one in self.data.facts if one.use == "training" and not one.of)
        data = next((f"{one.name} v{one.version}" if one.version else one.name for one in own), HIDDEN)
        said = tuning_said(tuning, base, data)
        properties |= tuning_properties(tuning)
        if recreation := recreation_of(tuning):
            words, told = recreation_said(recreation)
            said |= {"recreation": words} if words else {}
            properties |= told
        return {name: words for name, words in said.items() if words}

    def _terms(self) -> dict[str, str]:
        """The strictest terms of the version, its data and its bases."""
        found = model_licence_verdict(self.user, self.version)
        told = {
            "licence:inherited": ", ".join(one.id for one in found.licences),
            "licence:duties": "\n".join(duties(found.terms)),
        }
        return told | {"licence:conflicts": "\n".join(one.sentence for one in found.conflicts)}

    def _answers(self) -> dict[str, str]:
        assessment = assessment_of(self.version)
        if assessment is None:
            return {}
        questions = present_view(assessment).questions
        return {one.id: f"{one.status}, stale" if one.is_stale else one.status for one in questions}

    def _updated(self, said: Iterable[datetime | None]) -> datetime | None:
        version = self.version
        runs: list[Any] = [self.tuning, *self.evaluations]
        moments = [version.created_at, version.updated_at, version.approved_at, version.model.updated_at, *said]
        moments += [run.finished_at for run in runs if run is not None]
        return newest([*moments, *self.data.moments, *self.place_moments])


def _key(pk: int) -> str:
    return f"version-{pk}"


def _base_versions(links: Iterable[LineageLink]) -> list[ModelVersion]:
    return [link.base_version for link in links if link.relation == TUNED_FROM and link.base_version is not None]


def _base(base: ModelVersion, child: str, is_seen: bool) -> BaseFacts:
    if not is_seen:
        return BaseFacts(_key(base.pk), HIDDEN, child=child, is_hidden=True)
    source = base.source if "/" in base.source and cards.is_hub_name(base.source) else ""
    return BaseFacts(
        _key(base.pk), base.model.name, str(base.number), base.manifest_digest, base.licence, source, child
    )


def _named(base: BaseFacts) -> str:
    return f"{base.name} v{base.version}" if base.version else base.name


def _application(one: Application) -> dict[str, str]:
    """What an application says of itself; who said it is not told, for that is a person."""
    return {
        "app": one.name,
        "aware": "yes" if one.acknowledged_at else "no",
        "wording": one.statement,
        "checked-on": stamp(one.acknowledged_at),
    }
