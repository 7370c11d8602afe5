"""Models and versions as tools name them: by name, number and alias, among those of one team."""

from apps.accounts.models import User
from apps.accounts.queries import may
from apps.core.errors import NotFound
from apps.core.prepared import PreparedOne
from apps.registry.models import ModelAlias, ModelVersion, RegisteredModel

MOST_NUMBER = 2**31 - 1
_NAMED = PreparedOne(
    lambda team, name: RegisteredModel.objects.filter(team_id=team, name=name, deleted_at=None).order_by(),
    team=int,
    name=str,
)


def model_named(user: User, team_id: int, name: str) -> RegisteredModel:
    """The team's model of this name. Raises NotFound when there is none or it is not to be seen."""
    found = None
    if may(user, "team.view", team_id):
        found = _NAMED.found(RegisteredModel, team=team_id, name=name)
    if found is None:
        raise model_missing(name)
    return found


def version_numbered(user: User, team_id: int, name: str, number: int) -> ModelVersion:
    """One version of the team's model of this name, with its model. Raises NotFound."""
    found = None
    if number <= MOST_NUMBER and may(user, "team.view", team_id):
        rows = ModelVersion.objects.filter(model__team_id=team_id, model__name=name, model__deleted_at=None)
        found = rows.filter(number=number, deleted_at=None).select_related("model").first()
    if found is None:
        raise version_missing(name, number)
    return found


def version_with_alias(user: User, team_id: int, name: str, alias: str) -> ModelVersion:
    """The version that an alias points at now, with its model. Raises NotFound (`alias.missing`)."""
    rows = ModelAlias.objects.filter(model__team_id=team_id, model__name=name, model__deleted_at=None, name=alias)
    held = rows.select_related("version__model").first() if may(user, "team.view", team_id) else None
    if held is None:
        model_named(user, team_id, name)  # says so if it is the model that is not there
        raise NotFound(f"Registered model alias {alias} not found.", code="alias.missing")
    return held.version


def model_missing(name: str) -> NotFound:
    """The refusal for a model that is not there, in MLflow's words."""
    return NotFound(f"Registered Model with name={name} not found", code="model.missing")


def version_missing(name: str, number: object) -> NotFound:
    """The refusal for a version that is not there, in MLflow's words."""
    return NotFound(f"Model Version (name={name}, version={number}) not found", code="version.missing")
