"""Which dataset version of the portal is what a run says it read."""

import re
from collections.abc import Sequence

from apps.accounts.models import User
from apps.catalog.models import DatasetVersion
from apps.catalog.queries import dataset_versions_seen_by
from apps.tracking.rules.inputs import DatasetRead

_WHOLE = re.compile(r"\b[0-9a-f]{64}\b")


def dataset_versions_known(user: User, datasets: Sequence[DatasetRead]) -> dict[DatasetRead, DatasetVersion]:
    """For each dataset whose digest, or a digest in its source, is the SHA-256 of a version that the person sees:
    the newest such version. One query, none where no such digest is told.
    """
    told = {item: [*_WHOLE.findall(item.digest), *_WHOLE.findall(item.source)] for item in datasets}
    wanted = {digest for digests in told.values() for digest in digests}
    if not wanted:
        return {}
    rows = dataset_versions_seen_by(user).filter(digest__in=wanted).order_by("pk")
    by_digest = {version.digest: version for version in rows}
    found = {item: next((by_digest[d] for d in digests if d in by_digest), None) for item, digests in told.items()}
    return {item: version for item, version in found.items() if version is not None}
