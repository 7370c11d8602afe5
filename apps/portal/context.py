"""What the frame around every page needs."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """The navigation for whoever is signed in."""
    return {"navigation": []}
