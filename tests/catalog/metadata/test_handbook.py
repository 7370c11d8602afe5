"""docs/data.md names only addresses of the API that are there, and checks and metadata that the code knows."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve

from apps.catalog.rules.scans import SCAN_CHECKS

TEXT = (Path(__file__).parents[3] / "docs/data.md").read_text()
ADDRESSES = sorted({f"{path}/" for path in re.findall(r"(/api/v1/[\w/-]+)/(?=[\s`?\"'\\)]|$)", TEXT, re.MULTILINE)})


def test_addresses_are_found() -> None:
    assert len(ADDRESSES) > 15


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_is_there(address: str) -> None:
    assert resolve(address).url_name not in (None, "nowhere")
    assert resolve(address).func.__name__ != "Nowhere"


def test_every_check_is_named() -> None:
    assert {name for name in SCAN_CHECKS if f"`{name}`" not in TEXT} == set()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"manage\.py (\w+)", TEXT))))
def test_every_command_is_there(command: str) -> None:
    assert command in get_commands()
