import secrets
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.rules import ADMINISTRATOR
from apps.accounts.services import person_create, role_grant, team_create
from apps.audit.services import SYSTEM

EMAIL = "admin@example.org"


class Command(BaseCommand):
    help = "On a site without people, add an administrator with a random password and print both. Otherwise do nothing."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        password = secrets.token_urlsafe(12)
        user = person_create(by=SYSTEM, email=EMAIL, name="First administrator", password=password, is_staff=True)
        role_grant(by=SYSTEM, user=user, team=team_create(by=SYSTEM, name="First team"), role=ADMINISTRATOR)
        self.stdout.write(f"Sign in: {EMAIL}   password: {password}")
