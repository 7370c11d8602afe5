"""What may be searched of registered models and their versions, in the grammar of MLflow's clients."""

from apps.tracking.rules.search import TAGGED_FAMILIES, Grammar

_TIMES = frozenset({"creation_timestamp", "last_updated_timestamp"})
MODELS = Grammar(
    texts=frozenset({"name"}),
    numbers=frozenset(),
    orders=frozenset({"name"}) | _TIMES,
    listable=frozenset({"name"}),
    families=TAGGED_FAMILIES,
    aliases={"timestamp": "last_updated_timestamp"},
)
VERSIONS = Grammar(
    texts=frozenset({"name", "run_id", "source_path"}),
    numbers=frozenset({"version_number"}),
    orders=frozenset({"name", "version_number"}) | _TIMES,
    listable=frozenset({"name", "run_id"}),
    families=TAGGED_FAMILIES,
    aliases={"timestamp": "last_updated_timestamp"},
)
