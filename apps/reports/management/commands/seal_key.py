"""`manage.py seal_key`: the certificate that documents are signed with, on the machine that holds its key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.errors import DomainError
from apps.reports.services.keys import seal_rotate
from apps.reports.services.signing import certificate_in_use


class Command(BaseCommand):
    help = "Prints the certificate that documents are signed with (and makes and publishes it where there is none)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rotate", action="store_true", help="put a new key in the place of the one that the portal made itself"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = seal_rotate() if options["rotate"] else certificate_in_use()
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        self.stderr.write(f"{found.subject}, {found.algorithm}, fingerprint {found.fingerprint}")
        self.stdout.write(found.pem, ending="")
