import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.accounts.models import Team
from apps.accounts.rules import ROLES
from apps.accounts.services import person_create, role_grant, team_create
from apps.audit.services import SYSTEM
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Add a person, and give them roles in a team (which is made when it does not exist)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--team", default="")
        parser.add_argument("--role", action="append", choices=list(ROLES), default=[])
        parser.add_argument("--staff", action="store_true", help="may open the back office")
        parser.add_argument("--password", default="", help="asked for when not given")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        password = options["password"] or getpass.getpass("Password: ")
        name = options["name"] or options["email"].split("@")[0]
        try:
            user = person_create(
                by=SYSTEM, email=options["email"], name=name, password=password, is_staff=options["staff"]
            )
            if options["team"]:
                found = Team.objects.filter(name=options["team"]).first()
                team = found or team_create(by=SYSTEM, name=options["team"])
                for role in options["role"]:
                    role_grant(by=SYSTEM, user=user, team=team, role=role)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{user.email} added")
