from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.queries import person_by_email
from apps.accounts.rules import SCOPES, WRITE
from apps.accounts.services import token_create
from apps.audit.services import SYSTEM


class Command(BaseCommand):
    help = "Make an API token for a person and print its secret, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="command line")
        parser.add_argument("--scope", choices=list(SCOPES), default=WRITE)
        parser.add_argument("--days", type=int, default=90)

    def handle(self, *args: Any, **options: Any) -> None:
        user = person_by_email(options["email"])
        if user is None:
            raise CommandError("Nobody has this e-mail address.")
        _, secret = token_create(
            by=SYSTEM, user=user, name=options["name"], scope=options["scope"], days=options["days"]
        )
        self.stdout.write(secret)
