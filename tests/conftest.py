"""Ground that every test stands on: its own folder for files, no network, and no server unless a test asks for one.

The environment is set before Django reads its settings, so nothing here may import a model at the top of the file.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import pytest
from django.conf import settings

from tests.network import refuse_the_network

if settings.configured:
    raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests choose their own folder before settings are read.")

# Each process of a parallel run has a folder of its own; a test writes nothing into the checkout.
VAR_DIR = Path(tempfile.mkdtemp(prefix=f"genaiops-{os.environ.get('PYTEST_XDIST_WORKER', 'tests')}-"))
(VAR_DIR / "static").mkdir()  # WhiteNoise looks for it
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "genaiops_site.settings",
    "VAR_DIR": str(VAR_DIR),
    "ENVIRONMENT": "trial",
    # A download that a test leaves unread ends when Python clears it away, and Django then closes connections of age:
    # in the midst of another test's transaction, unless they may grow older than the suite.
    "DATABASE_CONN_MAX_AGE": "86400",
    # No part of the product phones home, and the libraries below it may not either.
    "NML_DISABLE_USAGE_LOGGING": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # Two cores are the smallest machine the suite is meant for; more threads only get in each other's way there.
    "OMP_NUM_THREADS": "1",
    "TORCH_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
django.setup()
# The processes of a parallel run inherit this environment; each is to come by here before it reads its settings.
del os.environ["DJANGO_SETTINGS_MODULE"]
refuse_the_network()

pytest_plugins = ["tests.servers", "tests.chromium", "tests.migrated"]
LONGEST = "tests/end_to_end/test_demo.py"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Modules that are imported here stay: looking through them for garbage again and again would take a quarter of
    the time, now and in every test.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a slow test come first, before them the longest, so that no core waits for another at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (not item.nodeid.startswith(LONGEST), item.path not in slow))


def pytest_unconfigure() -> None:
    gc.unfreeze()  # libraries look at the end for what nobody cleared away, and complain
    shutil.rmtree(VAR_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Throttles count in the cache: one test's sign-ins must not lock the next test out."""
    from django.core.cache import cache

    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _forgotten_frameworks() -> Iterator[None]:
    """A loaded version of a framework never changes, so it is read once; the next test's database has another."""
    from apps.checklist.queries.frameworks import loaded_version

    yield
    loaded_version.cache_clear()


@contextmanager
def _witnesses_put_back() -> Iterator[None]:
    """Signed checkpoints lie outside the database, so no rollback takes them back: to the next trail they would say
    that somebody cut it off.
    """
    folder = Path(settings.TRAIL_FOLDER)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    yield
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path not in before:
            path.unlink()
        elif path.read_bytes() != before[path]:
            path.write_bytes(before[path])


@pytest.fixture(scope="module", autouse=True)
def _witnesses_of_a_module() -> Iterator[None]:
    with _witnesses_put_back():
        yield


@pytest.fixture(autouse=True)
def _witnesses_of_a_test() -> Iterator[None]:
    with _witnesses_put_back():
        yield


@pytest.fixture(scope="session", autouse=True)
def _the_trail_may_be_emptied_between_tests() -> Iterator[None]:
    """Tests that commit are cleaned up by emptying every table, which the database refuses for the audit trail.

    So its guards are taken away around that, and only around that.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    from apps.audit.rules import archive_guard_statements, guard_statements, unguard_statements

    empty = TransactionTestCase._fixture_teardown

    def empty_unguarded(case: TransactionTestCase) -> None:
        run_all(unguard_statements(connection.vendor))
        empty(case)
        run_all(guard_statements(connection.vendor) + archive_guard_statements(connection.vendor))

    def run_all(statements: list[str]) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_unguarded)
        yield
