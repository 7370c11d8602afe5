"""Fills an installation with assessments: `python -m benchmarks.assessments_world VERSIONS REQUIREMENTS`.

Prints, as JSON: the pages to ask for, how many queries each makes, a token, and what is re-evaluated per second.
"""

import json
import os
import subprocess
import sys
import time
from typing import Any

import django

URN = "urn:bench:framework:large"
IN_GROUP = 25
COLLECTED = ("dataset.licence", "model.transparency", "lineage.base_models")  # every tenth question asks for these


def main() -> None:
    """Make the versions, the framework and the assessments, and measure what no page shows."""
    versions, requirements = int(sys.argv[1]), int(sys.argv[2])
    world = [sys.executable, "-m", "benchmarks.world", str(versions)]
    secret = subprocess.run(world, check=True, capture_output=True, text=True).stdout.split()[-1]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()
    from apps.accounts.models import User
    from apps.checklist.models import Assessment
    from apps.checklist.queries import assessments_seen_by
    from benchmarks.world import EMAIL

    user = User.objects.get(email=EMAIL)
    _load(user, requirements)
    _begin(user)
    rows = list(assessments_seen_by(user).filter(framework=URN))
    first = Assessment.objects.filter(framework=URN).order_by("pk").first()
    assert first is not None and len(rows) == versions
    matrix = f"/checklists/matrix/?framework={URN}"
    paths = {
        "Assessment page": f"/checklists/{first.pk}/",
        "Posture matrix, by group": matrix,
        "Posture matrix, questions of a group": f"{matrix}&group=group-1",
        "List of assessments": "/checklists/",
    }
    measured = {"per_second": _collected_per_second(rows), "views_per_second": _viewed_per_second(rows)}
    queries = {name: _queries(user, path) for name, path in paths.items()}
    print(json.dumps({"paths": paths, "queries": queries, "secret": secret} | measured))


def _load(user: Any, requirements: int) -> None:
    import yaml

    from apps.checklist.services import framework_load

    groups = []
    for start in range(0, requirements, IN_GROUP):
        number = start // IN_GROUP + 1
        questions = [_question(start + i) for i in range(min(IN_GROUP, requirements - start))]
        told = {"id": f"group-{number}", "title": f"Group {number}", "summary": "Some of it."}
        groups.append(told | {"questions": questions})
    source = {"author": "The bench", "title": "Large", "url": "https://example.org/large"}
    head = {"urn": URN, "version": 1, "title": "Large", "summary": "As many questions as a large catalogue has."}
    more = {"language": "en", "effective_date": "2026-01-01", "source": source, "copyright": "The bench."}
    framework_load(by=user, text=yaml.safe_dump(head | more | {"groups": groups}, sort_keys=False))


def _question(number: int) -> dict[str, Any]:
    collectors = list(COLLECTED) if number % 10 == 0 else []
    asked = {"id": f"q-{number}", "text": f"Is requirement {number} met, and how is that known?"}
    return asked | {"subject": "model", "minimum_status": "declared", "collectors": collectors}


def _begin(user: Any) -> None:
    """An assessment of every version, collected, with a third of its questions answered in words.

    The answers in words are written in bulk, as the service would write them: sixty thousand entries of the trail
    would measure something else.
    """
    from apps.checklist.models import Answer
    from apps.checklist.queries import framework
    from apps.checklist.queries.subjects import knowledge_of
    from apps.checklist.rules.statements import statement_basis
    from apps.checklist.services import assessment_create, evidence_collect
    from apps.registry.models import ModelVersion

    used = framework(URN)
    for version in ModelVersion.objects.select_related("model").order_by("pk"):
        made = assessment_create(by=user, version=version, urn=URN)
        evidence_collect(by=user, assessment=made)
        known = knowledge_of([made]).of(made)
        asked = [one for one in used.questions.values() if not one.collectors][::3]
        Answer.objects.bulk_create(
            Answer(
                assessment=made,
                question=one.id,
                status="declared",
                stated="declared",
                text="It is met; the record of the last review says so.",
                stated_on=statement_basis(one, known),
                answered_by=user,
            )
            for one in asked
        )


def _collected_per_second(rows: list[Any]) -> float:
    from apps.checklist.services import evidence_collect

    began = time.perf_counter()
    for row in rows:
        assert not evidence_collect(assessment=row), "nothing has changed since it was collected"
    return len(rows) / (time.perf_counter() - began)


def _viewed_per_second(rows: list[Any]) -> float:
    from apps.checklist.queries import views_of

    began = time.perf_counter()
    for start in range(0, len(rows), 25):
        views_of(rows[start : start + 25])
    return len(rows) / (time.perf_counter() - began)


def _queries(user: Any, path: str) -> int:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(user)
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


if __name__ == "__main__":
    main()
