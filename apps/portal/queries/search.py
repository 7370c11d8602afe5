"""The search box: a word, a tag, a number or the start of a digest finds models, data, systems, runs and more."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from apps.catalog.models import DatasetVersion
from apps.catalog.queries import dataset_versions_seen_by, datasets_seen_by
from apps.catalog.queries.refs import tags_seen_by
from apps.catalog.queries.sources import sources_seen_by
from apps.core.models import Run
from apps.portal.queries.runs import KINDS, line_of, runs_seen
from apps.registry.models import ModelVersion
from apps.registry.queries import models_seen_by, systems_seen_by, versions_seen_by
from apps.reports.queries.snapshots import snapshots_seen_by
from apps.serving.queries import deployments_seen_by
from apps.tracking.queries import experiments_seen_by
from apps.tracking.queries import runs_seen_by as runs_logged_seen_by
from apps.tracking.rules import ACTIVE

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_OF_A_KIND = 20
_VERSION = re.compile(r"(?P<name>.+?) +v(?:ersion )?(?P<number>[0-9]{1,9})", re.IGNORECASE)
_RUN = re.compile(r"(?P<kind>[a-z]+)(?: run)? +(?P<number>[0-9]{1,18})", re.IGNORECASE)
DIGEST_SIGNS = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Hit:
    """One thing that was found, with where to look at it."""

    kind: str
    label: str
    detail: str
    url: str


def search_for(user: "User | AnonymousUser", words: str) -> list[Hit]:
    """Everything the person sees whose name or tag holds `words`, or whose digest starts with it; at most 17
    queries."""
    words = words.replace("\0", "").strip()
    if not words:
        return []
    hits = [
        Hit("Model", model.name, model.team.name, reverse("registry:model-detail", args=[model.pk]))
        for model in models_seen_by(user).select_related("team").filter(name__icontains=words)[:MOST_OF_A_KIND]
    ]
    hits += [
        Hit("Dataset", dataset.name, dataset.team.name, reverse("catalog:dataset-detail", args=[dataset.pk]))
        for dataset in datasets_seen_by(user).select_related("team").filter(name__icontains=words)[:MOST_OF_A_KIND]
    ]
    hits += [
        Hit("Deployment", item.name, str(item.version), reverse("serving:deployment-detail", args=[item.pk]))
        for item in deployments_seen_by(user).filter(name__icontains=words)[:MOST_OF_A_KIND]
    ]
    hits += [
        Hit("Source", source.name, source.issuer or source.url, reverse("catalog:source-detail", args=[source.pk]))
        for source in sources_seen_by(user).filter(name__icontains=words)[:MOST_OF_A_KIND]
    ]
    hits += [
        Hit("Tag", tag.name, str(tag.version), reverse("catalog:version-detail", args=[tag.version_id]))
        for tag in tags_seen_by(user).filter(name__icontains=words)[:MOST_OF_A_KIND]
    ]
    hits += _of_tools(user, words) + _by_tag(user, words) + _by_number(user, words)
    return hits + (_by_digest(user, words.lower()) if _looks_like_digest(words) else [])


def _of_tools(user: "User | AnonymousUser", words: str) -> list[Hit]:
    """Systems, snapshots, and what scripts log: experiments, and runs by name or the start of their id."""
    systems = systems_seen_by(user).filter(name__icontains=words)[:MOST_OF_A_KIND]
    hits = [
        Hit("AI system", one.name, one.team.name, reverse("systems:system-detail", args=[one.pk])) for one in systems
    ]
    experiments = experiments_seen_by(user).select_related("team").filter(name__icontains=words, lifecycle=ACTIVE)
    hits += [
        Hit("Experiment", one.name, one.team.name, reverse("tracking:experiment-detail", args=[one.pk]))
        for one in experiments[:MOST_OF_A_KIND]
    ]
    wanted = Q(name__icontains=words) | Q(uuid__startswith=words.lower())
    runs = runs_logged_seen_by(user).select_related("experiment").filter(wanted, lifecycle=ACTIVE)
    hits += [
        Hit("Snapshot", str(one), one.subject_label, reverse("reports:snapshot-detail", args=[one.pk]))
        for one in snapshots_seen_by(user).filter(label__icontains=words)[:MOST_OF_A_KIND]
    ]
    return hits + [
        Hit("Logged run", str(one), one.experiment.name, reverse("tracking:run-detail", args=[one.uuid]))
        for one in runs[:MOST_OF_A_KIND]
    ]


def _by_tag(user: "User | AnonymousUser", words: str) -> list[Hit]:
    """Models and versions that carry a tag: `name`, or `name=value`."""
    key, is_pair, value = (part.strip() for part in words.partition("="))
    tagged = {"tags__key__iexact": key} | ({"tags__value": value} if is_pair else {})
    models = models_seen_by(user).filter(**tagged).distinct()[:MOST_OF_A_KIND]
    versions = versions_seen_by(user).filter(**tagged).distinct()[:MOST_OF_A_KIND]
    detail = f"tagged {words}"
    return [Hit("Model", one.name, detail, reverse("registry:model-detail", args=[one.pk])) for one in models] + [
        _model_version(one, detail) for one in versions
    ]


def _by_number(user: "User | AnonymousUser", words: str) -> list[Hit]:
    """`some name v3` is a version, `scan 7` a run; one query, or none."""
    if found := _VERSION.fullmatch(words):
        number, name = int(found["number"]), found["name"]
        models = versions_seen_by(user).filter(model__name__icontains=name, number=number)[:MOST_OF_A_KIND]
        data = dataset_versions_seen_by(user).filter(dataset__name__icontains=name, number=number)[:MOST_OF_A_KIND]
        return [_model_version(item, item.get_stage_display()) for item in models] + [
            _dataset_version(item, item.message or item.filename) for item in data
        ]
    if (found := _RUN.fullmatch(words)) and found["kind"].lower() in KINDS:
        run = runs_seen(user, found["kind"].lower()).filter(pk=int(found["number"])).first()
        return [_run(run)] if run is not None else []
    return []


def _run(run: Run) -> Hit:
    line = line_of(run)
    return Hit("Run", line.title, line.about, reverse("portal:run-detail", args=[run.kind, run.pk]))


def _model_version(item: ModelVersion, detail: str) -> Hit:
    return Hit("Model version", str(item), detail, reverse("portal:version-detail", args=[item.pk]))


def _dataset_version(item: DatasetVersion, detail: str) -> Hit:
    return Hit("Dataset version", str(item), detail, reverse("catalog:version-detail", args=[item.pk]))


def _looks_like_digest(words: str) -> bool:
    return len(words) >= 6 and set(words.lower()) <= DIGEST_SIGNS


def _by_digest(user: "User | AnonymousUser", start: str) -> list[Hit]:
    versions = versions_seen_by(user).filter(Q(manifest_digest__startswith=start))[:MOST_OF_A_KIND]
    of_data = Q(digest__startswith=start) | Q(commit_digest__startswith=start)
    data = dataset_versions_seen_by(user).filter(of_data)[:MOST_OF_A_KIND]
    frozen = snapshots_seen_by(user).filter(digest__startswith=start)[:MOST_OF_A_KIND]
    hits = [Hit("Snapshot", str(one), one.digest, reverse("reports:snapshot-detail", args=[one.pk])) for one in frozen]
    hits += [_model_version(item, item.manifest_digest) for item in versions]
    return hits + [
        _dataset_version(item, item.digest if item.digest.startswith(start) else item.commit_digest) for item in data
    ]
