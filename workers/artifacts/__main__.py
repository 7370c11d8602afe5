"""`python -m workers.artifacts`: makes the organisation's signing key if there is none, and prints its public half."""

import os
import sys

import django


def main() -> int:
    """Where workers sign: the private half never leaves the machine that holds it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()
    from pathlib import Path  # noqa: PLC0415

    from django.conf import settings  # noqa: PLC0415

    from workers.artifacts import signing  # noqa: PLC0415

    key = Path(settings.SIGNING_KEY_FILE)
    made = signing.make_key(key)
    public = signing.public_key(key)
    sys.stderr.write(f"{'Made' if made else 'There is'} a key in {key}; its public half has the SHA-256 ")
    sys.stderr.write(f"{signing.key_digest(public)}\n")
    sys.stdout.write(public)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
