import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.queries import person_by_email
from apps.core.errors import DomainError
from apps.core.rules import SUCCEEDED
from apps.registry.models import RecreationRun
from apps.registry.queries import tuning_seen
from apps.registry.rules.recreation import IDENTICAL, OUTCOMES, WITHIN
from apps.registry.services import recreation_start

LOOK_AGAIN_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Repeat a tuning run from its recorded inputs on a worker, and compare what comes out. With --wait the exit "
        "code is 0 where it was recreated, bit for bit or within tolerance, and 1 otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tuning_run", type=int)
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="who asks for it")
        parser.add_argument("--wait", action="store_true", help="stay until it has ended")

    def handle(self, *args: Any, **options: Any) -> None:
        by = person_by_email(options["email"])
        if by is None:
            raise CommandError("Nobody has this e-mail address.")
        try:
            run = recreation_start(by=by, tuning=tuning_seen(by, options["tuning_run"]))
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        self.stdout.write(f"Recreation {run.pk} waits for a worker.")
        if options["wait"]:
            self._follow(run)

    def _follow(self, run: RecreationRun) -> None:
        told = ""
        while run.is_open:
            time.sleep(LOOK_AGAIN_SECONDS)
            run.refresh_from_db()
            if run.message != told:
                told = run.message
                self.stdout.write(f"{run.progress:4.0%}  {told}")
        result = run.result or {}
        if run.state != SUCCEEDED:
            raise CommandError(f"The repetition ended as {run.state}: {run.error}")
        self.stdout.write(f"{OUTCOMES[result['outcome']]}. {result['because']}")
        if result["outcome"] not in (IDENTICAL, WITHIN):
            raise CommandError("The tuning was not recreated.")
