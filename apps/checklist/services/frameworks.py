"""Loading frameworks, for the whole site."""

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.queries import may_anywhere
from apps.accounts.rules import who_may
from apps.audit.services import record
from apps.checklist.models import FrameworkFile
from apps.checklist.queries.frameworks import all_frameworks, framework_in
from apps.checklist.rules import Framework, FrameworkInvalid
from apps.checklist.rules.frameworks import OWN
from apps.core.errors import Conflict, Invalid, Refused

LOAD = "framework.load"


class FrameworkRefused(Invalid):
    """A file that breaks rules; `problems` are the rules, each with its line."""

    def __init__(self, error: FrameworkInvalid) -> None:
        number = len(error.problems)
        super().__init__(
            f"{error.name} cannot be loaded: it breaks {number} rule{'s' if number > 1 else ''}.\n{error}",
            code="framework.invalid",
            remedy="Put right what is named, line by line, and load the file again.",
        )
        self.problems = error.problems


@transaction.atomic
def framework_load(*, by: User, text: str | bytes, name: str = "framework.yaml") -> FrameworkFile:
    """Load a framework, or the next version of one, for everybody on this site. `name` is what errors call the file.

    Raises Refused without the right, FrameworkRefused where the file breaks rules (each with its line), Conflict where
    that version or a newer one is here already.
    """
    made = framework_checked(by=by, text=text, name=name)
    decoded = text.decode() if isinstance(text, bytes) else text
    row = FrameworkFile.objects.create(
        urn=made.urn, version=made.version, title=made.title, digest=made.digest, text=decoded, loaded_by=by
    )
    data = {"urn": made.urn, "version": made.version, "digest": made.digest, "questions": len(made.questions)}
    record(action=LOAD, obj=row, by=by, data=data)
    return row


def framework_checked(*, by: User, text: str | bytes, name: str) -> Framework:
    """What would be loaded, with nothing written. Raises as `framework_load` does."""
    _require_anywhere(by)
    known = all_frameworks()
    try:
        made = framework_in(text, name, list(known.values()))
    except FrameworkInvalid as error:
        raise FrameworkRefused(error) from error
    _check_new(made, [version for urn, version in known if urn == made.urn])
    return made


def _require_anywhere(by: User) -> None:
    """A framework belongs to no team: who has the right in one team loads for all."""
    if not may_anywhere(by, LOAD):
        raise Refused(
            f"Your roles do not include “{LOAD}” in any team.", remedy=f"Ask somebody who is {who_may(LOAD)}."
        )


def _check_new(made: Framework, versions: list[int]) -> None:
    if made.urn.startswith(OWN):
        raise Conflict(
            f"Names that start with {OWN} belong to the frameworks that come with the product.",
            code="framework.reserved",
            remedy="Give the framework a URN of your own, such as urn:example:framework:name.",
        )
    newest = max(versions, default=0)
    if made.version <= newest:
        raise Conflict(
            f"Version {newest} of {made.urn} is here already, and a version that is here never changes.",
            code="framework.exists",
            remedy=f"Give the file version {newest + 1} or higher.",
        )
