"""What is kept as evidence of what tools log: a run, and with it the models that it logged."""

from apps.incidents.services import require_all_free
from apps.tracking.models import LoggedModel, TrackingRun


def require_free_of_holds(holder: TrackingRun | LoggedModel) -> None:
    """Raise Refused where a run, or the run that logged a model, is kept as evidence. One query where nothing is."""
    pk = holder.pk if isinstance(holder, TrackingRun) else holder.run_id
    if pk is not None:
        require_all_free(TrackingRun.objects.filter(pk=pk))
