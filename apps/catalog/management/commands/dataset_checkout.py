import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.services import require
from apps.catalog.management.naming import dataset_named, person_named
from apps.catalog.models import DatasetVersion
from apps.catalog.queries.refs import version_at
from apps.core import storage
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Write the file of a dataset's version to PATH, exactly as it was committed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", help="name or id")
        parser.add_argument("ref", help="a branch, a tag, a number such as v3, or 8 digits or more of a digest")
        parser.add_argument("path", type=Path, help="a file, or a folder to put it into under its own name")
        parser.add_argument("--team", default="", help="where several teams have a dataset of this name")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="who reads the rows")
        parser.add_argument("--force", action="store_true", help="replace a file that is there")

    def handle(self, *args: Any, **options: Any) -> None:
        by = person_named(options["email"])
        dataset = dataset_named(by, options["dataset"], options["team"])
        try:
            require(by, "dataset.read_raw", dataset.team_id, shared=dataset)
            version = version_at(dataset, options["ref"])
            target = options["path"] / version.filename if options["path"].is_dir() else options["path"]
            if target.exists() and not options["force"]:
                raise CommandError(f"{target} exists; --force replaces it.")
            _write(version, target)
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        self.stdout.write(f"{version} written to {target}: {version.rows} rows, {version.size} bytes")
        self.stdout.write(f"content {version.digest}")


def _write(version: DatasetVersion, target: Path) -> None:
    """The file appears once it is whole and has its digest."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        with storage.open(version.digest) as source, partial.open("wb") as copy:
            shutil.copyfileobj(source, copy, storage.CHUNK)
        if storage.digest_of_file(partial) != version.digest:
            raise CommandError("The stored bytes no longer have the version's digest; nothing was written.")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
