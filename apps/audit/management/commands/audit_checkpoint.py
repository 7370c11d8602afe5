from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.audit.queries.checkpoints import folder, newest_checkpoint
from apps.audit.services.checkpoints import checkpoint_make
from apps.audit.services.keys import key_rotate
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Sign the audit trail as it is now and write the checkpoint outside the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rotate-key", action="store_true", help="sign with the present key, make a new one, and sign with that"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            checkpoint_make()
            if options["rotate_key"]:
                self.stdout.write(f"New key {key_rotate()}; the public half of the old one is kept.")
                checkpoint_make()
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from None
        newest = newest_checkpoint()
        if newest is None:
            self.stdout.write("Nothing was recorded yet.")
            return
        self.stdout.write(f"{newest.rows} rows signed, head {newest.head}, key {newest.key}")
        self.stdout.write(f"Checkpoints lie in {folder('checkpoints')}")
