"""What a drift measurement may be told, and what its numbers mean."""

SETTINGS = frozenset(
    {
        "chunk_size",
        "features",
        "prediction",
        "probability",
        "target",
        "timestamp",
        "problem_type",
        "methods",
        "seed",
    }
)
