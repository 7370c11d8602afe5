"""Documents of the evidence library for tests, put in through the service that the portal calls."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from apps.accounts.models import Team, User
from apps.checklist.models import EvidenceDocument, EvidenceVersion
from apps.checklist.services import evidence_document_add, evidence_version_add
from apps.checklist.services.library import Content

METHOD = "Sent by the legal department"


def a_file(content: bytes = b"what the policy says", filename: str = "policy.pdf", **told: Any) -> Content:
    """The content of a version that is a file."""
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(content)
    return Content(**{"method": METHOD, "path": Path(file.name), "filename": filename} | told)


def a_link(link: str = "https://example.org/policy", **told: Any) -> Content:
    """The content of a version that is an address."""
    return Content(**{"method": METHOD, "link": link} | told)


def make_document(by: User, team: Team, title: str = "Privacy policy", **told: Any) -> EvidenceVersion:
    """The first version of a document."""
    content = told.pop("content", None) or a_file(**told)
    return evidence_document_add(
        by=by, team=team, title=title, shows="What we do with what people ask.", content=content
    )


def next_version(
    by: User, document: EvidenceDocument, content: bytes = b"what it says now", **told: Any
) -> EvidenceVersion:
    """The next version of a document."""
    return evidence_version_add(by=by, document=document, content=a_file(content, **told))


def expired(version: EvidenceVersion, on: date) -> EvidenceVersion:
    """The version as if `on` had been the last day on which it held: time passes in tests by moving its dates."""
    EvidenceVersion.objects.filter(pk=version.pk).update(effective_on=min(version.effective_on, on), expires_on=on)
    version.refresh_from_db()
    return version
