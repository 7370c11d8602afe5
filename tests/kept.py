"""One world for all tests of a module, where making it takes longer than the tests that look at it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction
from pytest_django import DjangoDbBlocker

T = TypeVar("T")


@contextmanager
def kept(blocker: DjangoDbBlocker, make: Callable[[], T]) -> Iterator[T]:
    """What `make` makes, around the tests' own transactions: what a test changes is rolled back to this, and this to
    nothing in the end. A test takes a deep copy, so that no object of another's is seen; every test of the module that
    asks the database finds the rows.
    """
    around = transaction.atomic()
    with blocker.unblock():
        around.__enter__()
        made = make()
    try:
        yield made
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
