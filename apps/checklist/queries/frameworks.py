"""Reading frameworks: the files that come with the product, and those that people loaded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.checklist.models import FrameworkFile
from apps.checklist.rules import Framework, FrameworkInvalid, framework_from
from apps.checklist.rules.frameworks import OWN, Problem, Spot, check_among
from apps.checklist.rules.frameworks.texts import spots_of
from apps.checklist.rules.subjects import GENAIOPS as GENAIOPS
from apps.core.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

FOLDER = Path(__file__).resolve().parent.parent / "frameworks"
KEPT_READ = 256  # frameworks read and kept in memory, of those that people loaded
NO_FRAMEWORK = "There is no such framework."

Key = tuple[str, int]
_NAMED = ("pk", "urn", "version", "digest")


def read_framework(path: Path) -> Framework:
    """One framework file. Raises FrameworkInvalid, which names the file, the line and the rule that it breaks."""
    return framework_in(path.read_bytes(), path.name)


def framework_in(text: str | bytes, name: str, others: Sequence[Framework] = ()) -> Framework:
    """The framework that a text holds, held against `others`. Raises FrameworkInvalid, which names `name`."""
    raw = spots_of(text, name)
    made = framework_from(raw, name)
    check_among(made, raw, name, others)
    return made


def read_frameworks(folder: Path) -> dict[Key, Framework]:
    """Every framework file of a folder by URN and version. Raises FrameworkInvalid."""
    read: list[tuple[str, Spot, Framework]] = []
    found: dict[Key, Framework] = {}
    for path in sorted(folder.glob("*.yaml")):
        raw = spots_of(path.read_bytes(), path.name)
        made = framework_from(raw, path.name)
        if (made.urn, made.version) in found:
            rule = f"no two files hold the same version of {made.urn}."
            raise FrameworkInvalid(path.name, [Problem(raw.value["version"].line, "version", rule)])
        found[made.urn, made.version] = made
        read.append((path.name, raw, made))
    for name, raw, made in read:
        check_among(made, raw, name, list(found.values()))
    return found


@cache
def shipped() -> dict[Key, Framework]:
    """Every framework that comes with the product, by URN and version."""
    return read_frameworks(FOLDER)


@lru_cache(maxsize=KEPT_READ)
def _read_row(pk: int, digest: str) -> Framework:
    """A loaded framework. Kept by its digest as well, for a row of another database may have the same key."""
    row = FrameworkFile.objects.get(pk=pk)
    try:
        return framework_from(spots_of(row.text, row.urn), row.urn)
    except FrameworkInvalid as error:
        raise Unavailable(
            f"{row} was loaded under rules that this version of the portal no longer reads: {error}",
            code="framework.unreadable",
            remedy="Load its next version in the present format.",
        ) from error


def _loaded(urns: Iterable[str] | None = None) -> dict[Key, tuple[int, str]]:
    """Row and digest of what people loaded, by URN and version."""
    rows = FrameworkFile.objects.all() if urns is None else FrameworkFile.objects.filter(urn__in=set(urns))
    return {(urn, version): (pk, digest) for pk, urn, version, digest in rows.values_list(*_NAMED)}


def all_frameworks() -> dict[Key, Framework]:
    """Every version of every framework that can be read, by URN and version; `unreadable` tells of the others."""
    return dict(sorted((_loaded_and_unread()[0] | shipped()).items()))


def unreadable() -> list[str]:
    """Why versions that people loaded under earlier rules can no longer be read, as sentences."""
    return _loaded_and_unread()[1]


def _loaded_and_unread() -> tuple[dict[Key, Framework], list[str]]:
    read: dict[Key, Framework] = {}
    unread: list[str] = []
    for key, row in _loaded().items():
        try:
            read[key] = _read_row(*row)
        except Unavailable as error:
            unread.append(f"{error.message} {error.remedy}")
    return read, unread


def frameworks() -> list[Framework]:
    """The newest version of every framework, by title."""
    newest = {urn: one for (urn, _), one in all_frameworks().items()}
    return sorted(newest.values(), key=lambda one: one.title)


def framework(urn: str = GENAIOPS, version: int | None = None) -> Framework:
    """A framework by its URN: the newest version, or the one asked for. Raises NotFound.

    A version that was asked for before costs no query: it never changes.
    """
    if version is not None:
        return shipped().get((urn, version)) or loaded_version(urn, version)
    versions = versions_of(urn)
    if not versions:
        raise NotFound(NO_FRAMEWORK, code="framework.unknown")
    return versions[0]


@lru_cache(maxsize=KEPT_READ)
def loaded_version(urn: str, version: int) -> Framework:
    """One version that people loaded. Raises NotFound, which is not remembered: it may be loaded next."""
    row = _loaded([urn]).get((urn, version))
    if row is None:
        raise NotFound(NO_FRAMEWORK, code="framework.unknown")
    return _read_row(*row)


def versions_of(urn: str) -> list[Framework]:
    """Every version of one framework, the newest first; empty where there is none."""
    known = {key: one for key, one in shipped().items() if key[0] == urn}
    if not urn.startswith(OWN):  # nobody may load those
        known |= {key: _read_row(*row) for key, row in _loaded([urn]).items()}
    return [one for _, one in sorted(known.items(), reverse=True)]


@cache
def _shipped_paths() -> dict[Key, Path]:
    found = ((read_framework(path), path) for path in sorted(FOLDER.glob("*.yaml")))
    return {(one.urn, one.version): path for one, path in found}


def framework_text(used: Framework) -> str:
    """The file that a framework was read from, word for word."""
    path = _shipped_paths().get((used.urn, used.version))
    if path is not None:
        return path.read_text("utf-8")
    return FrameworkFile.objects.values_list("text", flat=True).get(urn=used.urn, version=used.version)


def framework_files_seen_by(user: "User | AnonymousUser") -> QuerySet[FrameworkFile]:
    """What people loaded: everybody who is signed in may read it."""
    rows = FrameworkFile.objects.all() if user.is_authenticated else FrameworkFile.objects.none()
    return rows.select_related("loaded_by").defer("text")


@dataclass(frozen=True)
class Loading:
    """Who loaded a version of a framework, and when."""

    version: int
    loaded_by: str
    loaded_at: datetime


@dataclass(frozen=True)
class FrameworkVersion:
    """One version of a framework; `loading` is None where it came with the product."""

    framework: Framework
    loading: Loading | None


def framework_seen_versions(urn: str) -> list[FrameworkVersion]:
    """Every version of a framework with who loaded it, the newest first. Raises NotFound."""
    rows = FrameworkFile.objects.filter(urn=urn).select_related("loaded_by").defer("text")
    loadings = {row.version: Loading(row.version, row.loaded_by.name, row.loaded_at) for row in rows}
    found = [FrameworkVersion(one, loadings.get(one.version)) for one in versions_of(urn)]
    if not found:
        raise NotFound(NO_FRAMEWORK, code="framework.unknown")
    return found
