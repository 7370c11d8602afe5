"""The search box: a word, a number or the start of a digest finds models, versions, data, deployments."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from apps.catalog.queries import dataset_versions_seen_by, datasets_seen_by
from apps.registry.queries import models_seen_by, versions_seen_by
from apps.serving.queries import deployments_seen_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_OF_A_KIND = 20
DIGEST_SIGNS = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Hit:
    """One thing that was found, with where to look at it."""

    kind: str
    label: str
    detail: str
    url: str


def search_for(user: "User | AnonymousUser", words: str) -> list[Hit]:
    """Everything the person sees whose name holds `words`, or whose digest starts with it; five queries."""
    words = words.strip()
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
    return hits + (_by_digest(user, words.lower()) if _looks_like_digest(words) else [])


def _looks_like_digest(words: str) -> bool:
    return len(words) >= 6 and set(words.lower()) <= DIGEST_SIGNS


def _by_digest(user: "User | AnonymousUser", start: str) -> list[Hit]:
    versions = versions_seen_by(user).filter(Q(manifest_digest__startswith=start))[:MOST_OF_A_KIND]
    data = dataset_versions_seen_by(user).filter(digest__startswith=start)[:MOST_OF_A_KIND]
    return [
        Hit("Model version", str(item), item.manifest_digest, reverse("portal:version-detail", args=[item.pk]))
        for item in versions
    ] + [
        Hit("Dataset version", str(item), item.digest, reverse("catalog:version-detail", args=[item.pk]))
        for item in data
    ]
