from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import Team, User
from apps.catalog.management.naming import dataset_named, datasets_named, person_named
from apps.catalog.models import Dataset
from apps.catalog.rules import MAIN
from apps.catalog.rules.declared import carried_words
from apps.catalog.services import dataset_create, dataset_version_commit
from apps.core.errors import DomainError
from apps.core.plain import object_of_text


class Command(BaseCommand):
    help = "Store a local file as the newest version on a branch of a dataset. It is read in pieces."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a .jsonl, .csv, .parquet or .txt file")
        parser.add_argument("--dataset", required=True, help="name or id")
        parser.add_argument("--team", default="", help="where several teams have a dataset of this name")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="who commits")
        parser.add_argument("--branch", default=MAIN)
        parser.add_argument("--message", default="")
        parser.add_argument("--licence", help="an SPDX expression; left out: that of the version before, marked so")
        parser.add_argument(
            "--datasheet",
            type=Path,
            metavar="FILE",
            help="YAML or JSON that says where the data comes from; left out: that of the version before, marked so",
        )
        parser.add_argument("--expect", default="", metavar="DIGEST", help="refuse a file of another SHA-256")
        parser.add_argument("--create", action="store_true", help="make the dataset in --team where it is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        by, sheet = person_named(options["email"]), options["datasheet"]
        try:
            version = dataset_version_commit(
                by=by,
                dataset=_dataset(by, options),
                path=path,
                filename=path.name,
                branch=options["branch"],
                message=options["message"],
                licence=options["licence"],
                provenance=_datasheet(sheet) if sheet else None,
                datasheet_file=sheet.name if sheet else "",
                expect_digest=options["expect"],
            )
        except DomainError as error:
            raise CommandError(f"{error.message} {error.remedy}".strip()) from error
        self.stdout.write(f"{version} on {version.branch}: {version.rows} rows, {version.size} bytes")
        self.stdout.write(f"commit  {version.commit_digest}")
        self.stdout.write(f"content {version.digest}")
        if words := carried_words({number for numbers in version.carried.values() for number in numbers}):
            self.stdout.write(f"licence and datasheet: {len(version.carried)} statements {words}")
        self.stdout.write(f"stored  {version.chunks} chunks, {version.new_bytes} bytes of them new")


def _datasheet(path: Path) -> dict[str, Any]:
    try:
        return object_of_text(path.read_text(encoding="utf-8-sig"), "datasheet")
    except OSError as error:
        raise CommandError(f"There is no file {path}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 text.") from error


def _dataset(by: User, options: dict[str, Any]) -> Dataset:
    name, team = options["dataset"], options["team"]
    if not options["create"] or datasets_named(by, name, team):
        return dataset_named(by, name, team)
    found = Team.objects.filter(name=team).first()
    if found is None:
        raise CommandError("Say with --team which team the new dataset belongs to.")
    return dataset_create(by=by, team=found, name=name)
