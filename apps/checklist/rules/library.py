"""What a document of the evidence library is worth on a day, and what may be kept as one."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from apps.checklist.rules.status import DECLARED, IMPORTED, STATUSES

FILE, LINK = "file", "link"
KINDS = {FILE: "File", LINK: "Link"}
# How it is known. "Measured" is for the platform's own collectors.
GIVEN = {DECLARED: STATUSES[DECLARED], IMPORTED: STATUSES[IMPORTED]}

CURRENT, SOON, EXPIRED, SUPERSEDED, WITHDRAWN = "current", "soon", "expired", "superseded", "withdrawn"
STANDINGS = {
    CURRENT: "Current",
    SOON: "Expires soon",
    EXPIRED: "Expired",
    SUPERSEDED: "Superseded",
    WITHDRAWN: "Withdrawn",
}
HOLDS = (CURRENT, SOON)  # what an answer can rest on

FILE_MOST = 100 * 1024 * 1024  # bytes; models and data have places of their own
LINK_MOST = 2_000  # characters
SCHEMES = ("http", "https")
SOON_BEFORE = timedelta(days=30)
YEARS = (1900, 2200)  # a date beyond is a slip of the hand


@dataclass(frozen=True)
class Standing:
    """How one version of a document stands on a day.

    `number` is its own, `newest` that of the newest version that was not withdrawn (0: none). `name` is what the
    document is called, `expires_on` the last day on which the version holds, `withdrawn_because` why it does not.
    """

    name: str
    number: int
    newest: int
    expires_on: date | None
    is_withdrawn: bool
    withdrawn_because: str
    on: date

    @property
    def state(self) -> str:
        """One of STANDINGS; what weighs most comes first."""
        if self.is_withdrawn:
            return WITHDRAWN
        if self.number < self.newest:
            return SUPERSEDED
        if self.expires_on is None:
            return CURRENT
        if self.expires_on < self.on:
            return EXPIRED
        return SOON if self.expires_on <= self.on + SOON_BEFORE else CURRENT

    @property
    def holds(self) -> bool:
        """Whether an answer can rest on it."""
        return self.state in HOLDS

    @property
    def label(self) -> str:
        """The state in words."""
        return STANDINGS[self.state]

    @property
    def tone(self) -> str:
        """How a page shows it."""
        return {CURRENT: "good", SOON: "warning", EXPIRED: "bad", SUPERSEDED: "neutral", WITHDRAWN: "bad"}[self.state]

    @property
    def outdated_because(self) -> str:
        """Why an answer can no longer rest on it, as a sentence; empty while it can."""
        which = f"“{self.name}”, version {self.number}"
        if self.state == WITHDRAWN:
            because = self.withdrawn_because.strip().rstrip(".")
            return f"{which} was withdrawn from the evidence library: {because}."
        if self.state == SUPERSEDED:
            return f"{which}: the evidence library has a newer version, {self.newest}."
        if self.state == EXPIRED and self.expires_on is not None:
            return f"{which} expired: {self.expires_on.isoformat()} was the last day on which it held."
        return ""


@dataclass(frozen=True)
class Cited:
    """The version of a document that a piece of evidence cites, as it stands at this moment.

    `instead` is the newest version, where another than the cited one holds.
    """

    version: int
    document: int
    standing: Standing
    filename: str
    effective_on: date
    instead: int | None = None
    instead_number: int = 0

    @property
    def remedy(self) -> str:
        """What makes the answer hold again."""
        if self.instead is not None:
            return f"Read version {self.instead_number} and cite it, if it still supports the answer."
        return "Put a newer version into the evidence library and cite it, or take it off the answer."


def dates_problem(effective_on: date, expires_on: date | None) -> str:
    """What is wrong with the dates of a version, as a sentence; empty where nothing is."""
    for day in (effective_on, expires_on):
        if day is not None and not YEARS[0] <= day.year < YEARS[1]:
            return f"A date lies between {YEARS[0]} and {YEARS[1]}."
    if expires_on is not None and expires_on < effective_on:
        return "It cannot expire before the day from which it holds."
    return ""


def link_problem(link: str) -> str:
    """What is wrong with the address of a document, as a sentence; empty where nothing is."""
    if len(link) > LINK_MOST:
        return f"An address has up to {LINK_MOST} characters."
    if any(mark.isspace() or not mark.isprintable() for mark in link):
        return "An address holds no blanks and no invisible characters."
    try:
        found = urlsplit(link)
        host = found.hostname
    except ValueError:
        return "This is no address of the web."
    if found.scheme.lower() not in SCHEMES or not host:
        return "A link starts with https:// or http:// and names a site."
    if found.username is not None or found.password is not None:
        return "Leave the name and the password out of the address: everybody in the team can read it."
    return ""
