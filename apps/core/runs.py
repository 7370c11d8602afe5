"""Finding runs of every kind, without knowing the kinds."""

from django.apps import apps

from apps.core.errors import NotFound
from apps.core.models import Run


def run_models() -> dict[str, type[Run]]:
    """Every concrete kind of run that is installed, by its kind."""
    return {model.kind: model for model in apps.get_models() if issubclass(model, Run)}


def run_model(kind: str) -> type[Run]:
    """The model of one kind. Raises NotFound for a word that is no kind."""
    try:
        return run_models()[kind]
    except KeyError:
        raise NotFound(f"There is no kind of run called “{kind}”.") from None
