"""What a scan may be told."""

# Each setting is explained in workers/scanning/engine.py.
SCAN_SETTINGS = frozenset(
    {
        "columns",
        "languages",
        "pii_score_threshold",
        "pii_sample_rows",
        "near_duplicate_threshold",
        "max_samples",
        "seed",
    }
)
