"""The engines and their doors: the only package that may import torch, transformers and their kin.

The switches below stand here because they must be set before those libraries are first imported:
no part of the product phones home, and the tokenizer's threads do not survive Celery's fork.
"""

import os

for _name, _value in (
    ("HF_HUB_DISABLE_TELEMETRY", "1"),
    ("DO_NOT_TRACK", "1"),
    ("NML_DISABLE_USAGE_LOGGING", "1"),
    ("TOKENIZERS_PARALLELISM", "false"),
    # Idle threads of torch sleep instead of spinning: where another process wants the same cores, spinning made a
    # tuning run thirteen times slower (measured on two shared cores).
    ("OMP_WAIT_POLICY", "PASSIVE"),
    # Progress is told by callbacks; bars only litter a worker's log.
    ("HF_HUB_DISABLE_PROGRESS_BARS", "1"),
    ("HF_DATASETS_DISABLE_PROGRESS_BARS", "1"),
):
    os.environ.setdefault(_name, _value)
