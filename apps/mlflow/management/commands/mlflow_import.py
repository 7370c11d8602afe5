import shutil
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import Team
from apps.accounts.queries import person_by_email, team_ids_seen_by
from apps.core.errors import DomainError
from apps.core.rules import SUCCEEDED
from apps.jobs.services.claims import Claim, claimed
from apps.mlflow.models import HistoryImport
from apps.mlflow.rules import counted_in_words
from apps.mlflow.services import history_import, history_start

BAR = 24
SHOWN_MISSING = 40


class Command(BaseCommand):
    help = (
        "Take experiments, runs, files, logged models, registered models, versions and aliases over from an MLflow "
        "tracking server, with their numbers and times. Started again it goes on where it was; nothing comes twice."
        " Credentials: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uri", help="address of the server, such as http://mlflow:5000")
        parser.add_argument("--team", required=True, help="slug or name of the team that gets it")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="in whose name")
        parser.add_argument("--no-files", action="store_true", help="leave out the files of runs and logged models")

    def handle(self, *args: Any, **options: Any) -> None:
        by = person_by_email(options["email"])
        if by is None:
            raise CommandError("Nobody has this e-mail address.")
        teams = Team.objects.filter(pk__in=team_ids_seen_by(by))
        team = teams.filter(slug=options["team"]).first() or teams.filter(name=options["team"]).first()
        if team is None:
            raise CommandError("There is no such team, or this person does not belong to it.")
        try:
            run = history_start(by=by, team=team, address=options["uri"], with_files=not options["no_files"])
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        with claimed(HistoryImport, run.pk) as claim:
            if claim is None:
                raise CommandError("A worker has taken the import; follow it on its page.")
            history_import(run=claim.run, on_progress=self._progress(claim))
        run.refresh_from_db()
        self._tell(run)

    def _progress(self, claim: "Claim[HistoryImport]") -> Any:
        """Progress to the row, and as a bar where somebody watches."""
        width = shutil.get_terminal_size().columns - 1
        is_watched = sys.stderr.isatty()

        def advance(share: float, words: str) -> None:
            claim.progress(share, words)
            if is_watched:
                bar = "█" * round(share * BAR)
                self.stderr.write(f"\r{bar:<{BAR}} {share:4.0%}  {words}"[:width].ljust(width), ending="")

        return advance

    def _tell(self, run: HistoryImport) -> None:
        if run.state != SUCCEEDED:
            raise CommandError(f"The import ended as {run.state}: {run.error} Start it again to go on.")
        result = run.result or {}
        self.stdout.write(run.message)
        if here := counted_in_words(result.get("here_already", {})):
            self.stdout.write(f"Here already: {here}")
        if missed := result.get("missed", 0):
            self.stdout.write(f"Could not come: {missed}")
        for item in result.get("missing", [])[:SHOWN_MISSING]:
            self.stdout.write(f"  {item['what']}: {item['why']}")
        self.stdout.write(f"The report stands at /runs/{run.kind}/{run.pk}/")
