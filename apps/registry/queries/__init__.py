"""Reading models and versions, what they were made of, and who may see which."""

from apps.registry.queries.licences import (
    datasets_in,
    lineage_links,
    model_licence_verdict,
    model_thing,
)
from apps.registry.queries.models import (
    ancestors_of,
    import_marks,
    imports_seen_by,
    lineage_of,
    model_pk_of,
    model_seen,
    models_listed_for,
    models_seen_by,
    trained_dataset_ids,
    training_data_of,
    tuning_of,
    tunings_seen_by,
    version_seen,
    versions_of,
    versions_seen_by,
)
from apps.registry.queries.recreations import recreations_of, recreations_seen_by, tuning_seen

__all__ = [
    "datasets_in",
    "ancestors_of",
    "import_marks",
    "imports_seen_by",
    "lineage_links",
    "lineage_of",
    "model_licence_verdict",
    "model_pk_of",
    "model_seen",
    "model_thing",
    "models_listed_for",
    "models_seen_by",
    "trained_dataset_ids",
    "training_data_of",
    "recreations_of",
    "recreations_seen_by",
    "tuning_of",
    "tuning_seen",
    "tunings_seen_by",
    "version_seen",
    "versions_of",
    "versions_seen_by",
]
