"""`model-versions/…`: versions of registered models, their tags, stages and files."""

from django.urls import reverse

from apps.core.errors import Refused
from apps.mlflow.api.registry_shapes import version_told
from apps.mlflow.api.wire import Answer, Call, refuse
from apps.mlflow.rules import ARCHIVED, DELETE_REASON, NONE, STAGING, stage_checked, stage_word
from apps.registry import services
from apps.registry.models import ModelVersion
from apps.registry.queries.names import model_named, version_numbered
from apps.registry.queries.safety import refuse_unsafe
from apps.registry.queries.searching import versions_page
from apps.registry.queries.shown import version_fresh, version_reshown, version_shown
from apps.registry.rules.places import download_uri
from apps.serving.services import version_remove
from apps.tracking.rules.search import offset_of, token_for

PAGE, MOST = 10_000, 200_000
ARCHIVE_REASON = "Moved to Archived by an MLflow client."


def _version(call: Call) -> ModelVersion:
    return version_numbered(call.user, call.team.pk, call.text("name"), call.number("version"))


def _shown(call: Call, version: ModelVersion) -> Answer:
    return {"model_version": version_told(version_reshown(version))}


def create(call: Call) -> Answer:
    """POST model-versions/create"""
    tags = call.pairs("tags")
    version = services.version_create(
        by=call.user,
        model=model_named(call.user, call.team.pk, call.text("name")),
        source=call.text("source"),
        run_id=call.text("run_id", ""),
        model_id=call.text("model_id", ""),
        run_link=call.text("run_link", ""),
        description=call.text("description", ""),
        tags=tags,
    )
    return {"model_version": version_told(version_fresh(version, dict(tags)))}


def get(call: Call) -> Answer:
    """GET model-versions/get"""
    shown = version_shown(call.user, call.team.pk, call.text("name"), call.number("version"))
    return {"model_version": version_told(shown)}


def update(call: Call) -> Answer:
    """PATCH model-versions/update: a description that is not sent is not changed."""
    version, description = _version(call), call.given_text("description")
    if description is not None:
        version = services.version_word(by=call.user, version=version, description=description)
    return _shown(call, version)


def delete(call: Call) -> Answer:
    """DELETE model-versions/delete"""
    version_remove(by=call.user, version=_version(call), reason=DELETE_REASON)
    return {}


def search(call: Call) -> Answer:
    """GET model-versions/search"""
    most, offset = call.number("max_results", PAGE, least=1, most=MOST), offset_of(call.text("page_token", ""))
    asked = call.text("filter", ""), call.texts("order_by")
    found = versions_page(call.user, call.team.pk, *asked, most=most, offset=offset)
    answer: dict[str, object] = {"model_versions": [version_told(version) for version in found.rows]}
    if found.next_offset is not None:
        answer["next_page_token"] = token_for(found.next_offset)
    return answer


def download(call: Call) -> Answer:
    """GET model-versions/get-download-uri: refused while a file is in quarantine, or when one was altered."""
    version = _version(call)
    refuse_unsafe(version)
    return {"artifact_uri": download_uri(version.model_id, version.number)}


def transition(call: Call) -> Answer:
    """POST model-versions/transition-stage (deprecated by MLflow).

    Staging proposes the version and Archived retires it, with the rights that these need. Production is a decision: it
    is taken by a sign-off on the version's checklist and nowhere else.
    """
    version, wanted = _version(call), stage_checked(call.text("stage"))
    if call.flag("archive_existing_versions"):
        raise refuse("Other versions are not archived along; retire each with a reason of its own.")
    if stage_word(version.stage) != wanted:
        version = _moved(call, version, wanted)
    return _shown(call, version)


def _moved(call: Call, version: ModelVersion, wanted: str) -> ModelVersion:
    if wanted == STAGING:
        return services.version_propose(by=call.user, version=version)
    if wanted == ARCHIVED:
        return services.version_retire(by=call.user, version=version, reason=ARCHIVE_REASON)
    page = reverse("portal:version-detail", args=[version.pk])
    raise Refused(
        f"Version {version.number} is {version.stage}. "
        + ("What was decided is not undone by a tool." if wanted == NONE else "Only a sign-off makes it Production."),
        code="stage.decision",
        remedy=f"Its checklist says what is missing: {page}?tab=checklist",
    )


def tag_set(call: Call) -> Answer:
    """POST model-versions/set-tag"""
    services.version_tag_set(by=call.user, version=_version(call), key=call.text("key"), value=call.text("value", ""))
    return {}


def tag_delete(call: Call) -> Answer:
    """DELETE model-versions/delete-tag"""
    services.version_tag_delete(by=call.user, version=_version(call), key=call.text("key"))
    return {}
