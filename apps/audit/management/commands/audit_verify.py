import zlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.audit.queries.checkpoints import public_keys
from apps.audit.queries.examining import Examined, examine_all
from apps.audit.queries.segments import lines_of
from apps.audit.rules.extracts import check_extract


class Command(BaseCommand):
    help = "Read the whole audit trail, archived segments and signed checkpoints included, and name what was changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, help="verify an exported extract or an archived segment instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] is not None:
            self._file(options["file"])
            return
        found = examine_all(lambda share, message: None)
        verdict = found.verdict
        wrong = list(found.faults)
        if not verdict.is_intact:
            wrong.insert(0, f"BROKEN at entry {verdict.broken_at}: {verdict.problem} ({verdict.rows} rows read)")
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(f"OK: {verdict.rows} rows read, chain intact, head {verdict.head}")
        self.stdout.write(_looked_at(found))

    def _file(self, path: Path) -> None:
        try:
            checked = check_extract(lines_of(path), public_keys())
        except (OSError, EOFError, zlib.error) as error:
            raise CommandError(f"{path.name} cannot be read ({type(error).__name__}).") from None
        if checked.problem:
            raise CommandError(f"CHANGED: {checked.problem} ({checked.rows} entries before it are sound)")
        self.stdout.write(f"OK: {checked.rows} entries read, every seal holds.")


def _looked_at(found: Examined) -> str:
    held = f"{found.checkpoints} signed checkpoints in the database, {found.exported} outside of it"
    return f"{held}; {found.archived} rows archived; the newest {found.unsigned} rows are not signed yet."
