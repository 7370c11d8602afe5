"""A served portal with a small world in it, and people who have signed in."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from tests.reports.world import World, make_world

SignIn = Callable[[User], None]


@pytest.fixture
def world(live_server: LiveServer) -> World:
    """Scanned data, a tuned version with evaluation and drift, and Olga, Rui and Ada; no question answered yet."""
    return make_world()


@pytest.fixture
def sign_in(page: Page, live_server: LiveServer) -> SignIn:
    """Gives the tab somebody's session. The form itself is tested in test_signing_in.py."""

    def sign_in_as(user: User) -> None:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return sign_in_as
