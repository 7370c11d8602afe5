import time
from argparse import RawDescriptionHelpFormatter
from datetime import date
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.accounts.queries import person_by_email
from apps.core import storage
from apps.core.errors import DomainError
from apps.core.rules import SUCCEEDED
from apps.reports.models import ReportRun
from apps.reports.queries.kinds import kinds
from apps.reports.queries.packs import pack_file
from apps.reports.queries.snapshots import snapshot_seen
from apps.reports.queries.subjects import subject_seen
from apps.reports.rules.documents.chosen import chosen_named
from apps.reports.rules.documents.period import Period
from apps.reports.rules.documents.spec import SUBJECTS
from apps.reports.services import document_start

LOOK_AGAIN_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Make a document on a worker, for example:\n"
        "  document_make ai-act-annex-iv --of system 3 --as ann@example.org --to FOLDER\n"
        "  document_make model-card --from-snapshot 12 --as ann@example.org --wait\n"
        "  document_make audit-pack --of system 3 --choose model-card --choose model-documentation-form:nca --as ...\n"
        "With --wait or --to the exit code is 0 where it was made. --list shows which documents there are."
    )

    def create_parser(self, *args: Any, **more: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **more)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("document", nargs="?", default="", help="which kind of document")
        parser.add_argument("--of", nargs=2, metavar=("KIND", "ID"), help=f"what it is about: {', '.join(SUBJECTS)}")
        parser.add_argument("--from-snapshot", type=int, metavar="ID", help="the snapshot to make it from instead")
        parser.add_argument("--audience", default="", help="the edition for these readers")
        parser.add_argument("--simplified", action="store_true", help="the edition for small providers")
        parser.add_argument(
            "--choose",
            action="append",
            type=chosen_named,
            metavar="DOCUMENT",
            help="what a pack holds, once for each: KIND, KIND:AUDIENCE or KIND::simplified; otherwise everything",
        )
        parser.add_argument("--period", nargs=2, type=date.fromisoformat, metavar=("FROM", "TO"), help="days in UTC")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="who asks for it")
        parser.add_argument("--wait", action="store_true", help="stay until it is made")
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="wait, and write its files there")
        parser.add_argument("--list", action="store_true", dest="is_list", help="show which documents there are")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["is_list"]:
            return self._list()
        by = person_by_email(options["email"] or "")
        if by is None:
            raise CommandError("Nobody has this e-mail address. Say who asks for it with --as.")
        try:
            run = self._start(by, options)
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        self.stdout.write(f"Document {run.pk} waits for a worker.")
        if options["wait"] or options["to"]:
            self._follow(run)
        if options["to"]:
            self._write(run, options["to"])
        return None

    def _list(self) -> None:
        for kind in kinds():
            self.stdout.write(f"{kind.slug}  {kind.title} (about: {', '.join(kind.subjects)})")

    def _start(self, by: User, options: dict[str, Any]) -> ReportRun:
        edition: dict[str, Any] = {"audience": options["audience"], "is_simplified": options["simplified"]}
        edition["documents"] = options["choose"]
        if options["period"]:
            edition["period"] = self._period(*options["period"])
        if options["from_snapshot"] is not None:
            snapshot = snapshot_seen(by, options["from_snapshot"])
            return document_start(by=by, document=options["document"], snapshot=snapshot, **edition)
        kind, pk = options["of"] or ("", "")
        if not pk.isdecimal():
            raise CommandError("Name what it is about with --of KIND ID, or a snapshot with --from-snapshot ID.")
        subject = subject_seen(by, kind, int(pk))
        return document_start(by=by, document=options["document"], subject=subject, **edition)

    def _period(self, first: date, last: date) -> Period:
        if first > last:
            raise CommandError("The period's first day lies after its last.")
        return Period(first, last)

    def _follow(self, run: ReportRun) -> None:
        told = ""
        while run.is_open:
            time.sleep(LOOK_AGAIN_SECONDS)
            run.refresh_from_db()
            if run.message != told:
                told = run.message
                self.stdout.write(f"{run.progress:4.0%}  {told}")
        if run.state != SUCCEEDED:
            raise CommandError(f"It ended as {run.state}: {run.error}")

    def _write(self, run: ReportRun, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for form in run.digests:
            found = pack_file(run, form)
            path = folder / found.filename
            with storage.open(found.digest) as source, path.open("wb") as target:
                copyfileobj(source, target)
            self.stdout.write(f"{found.digest}  {path}")
