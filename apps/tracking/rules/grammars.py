"""What may be searched of experiments, runs and logged models."""

from apps.tracking.rules.search import ALL_FAMILIES, PARAMETER, TAG, TAGGED_FAMILIES, Grammar

_TIMES = frozenset({"creation_time", "last_update_time"})
EXPERIMENTS = Grammar(
    texts=frozenset({"name", "experiment_id"}),
    numbers=_TIMES,
    orders=frozenset({"name", "experiment_id"}) | _TIMES,
    listable=frozenset({"experiment_id"}),
    families=TAGGED_FAMILIES,
    nullable=frozenset({TAG}),
)
RUN_TIMES = frozenset({"start_time", "end_time"})
_RUN_TEXTS = frozenset({"run_id", "run_name", "user_id", "status", "artifact_uri"})
RUNS = Grammar(
    texts=_RUN_TEXTS,
    numbers=RUN_TIMES,
    orders=_RUN_TEXTS | RUN_TIMES,
    listable=frozenset({"run_id"}),
    families=ALL_FAMILIES,
    nullable=frozenset({TAG, PARAMETER}),
    aliases={"created": "start_time", "Created": "start_time"}
    | dict.fromkeys(("run name", "Run name", "Run Name"), "run_name"),
)
MODEL_TIMES = frozenset({"creation_timestamp_ms", "last_updated_timestamp_ms"})
_MODEL_TEXTS = frozenset({"name", "model_id", "model_type", "status", "source_run_id", "experiment_id"})
LOGGED_MODELS = Grammar(
    texts=_MODEL_TEXTS,
    numbers=MODEL_TIMES,
    orders=_MODEL_TEXTS | MODEL_TIMES,
    listable=_MODEL_TEXTS,
    families=ALL_FAMILIES,
    aliases=dict.fromkeys(("creation_time", "creation_timestamp"), "creation_timestamp_ms")
    | {"last_updated_timestamp": "last_updated_timestamp_ms"},
)
