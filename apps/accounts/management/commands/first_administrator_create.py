import secrets
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.rules import ADMINISTRATOR, COMPLIANCE, ENGINEER
from apps.accounts.services import person_create, role_grant, site_administrator_set, team_create
from apps.audit.services import SYSTEM

EMAIL = "admin@example.org"


class Command(BaseCommand):
    help = (
        "On an empty installation, make a first administrator of the whole site, with a team, and print the password."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        password = secrets.token_urlsafe(12)
        user = person_create(by=SYSTEM, email=EMAIL, name="First administrator", password=password, is_staff=True)
        team = team_create(by=SYSTEM, name="First team")
        for role in (ADMINISTRATOR, COMPLIANCE, ENGINEER):
            role_grant(by=SYSTEM, user=user, team=team, role=role)
        site_administrator_set(by=SYSTEM, user=user, is_one=True)
        self.stdout.write(f"Sign in with {EMAIL} and the password {password}")
