from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.queries import person_by_email
from apps.accounts.services import site_administrator_set
from apps.audit.services import SYSTEM
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Let a person administer the whole site: every team, and the organisation that documents speak for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--end", action="store_true", help="take it away again")

    def handle(self, *args: Any, **options: Any) -> None:
        user = person_by_email(options["email"])
        if user is None:
            raise CommandError("Nobody has this e-mail address; add them with person_create.")
        try:
            site_administrator_set(by=SYSTEM, user=user, is_one=not options["end"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{user.email} administers {'their teams only' if options['end'] else 'the whole site'}")
