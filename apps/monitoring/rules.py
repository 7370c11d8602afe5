"""What a drift measurement may be told; each setting is explained in workers/drift/engine.py."""

SETTINGS = frozenset(
    {
        "chunk_size",
        "feature_columns",
        "prediction_column",
        "probability_column",
        "target_column",
        "timestamp_column",
        "problem_type",
        "methods",
        "categorical_columns",
    }
)
