"""The error words of MLflow's protocol, and which refusal is told by which of them. No Django."""

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from apps.core.errors import Conflict, DomainError, Invalid, NotFound, Refused, StorageFull, Unavailable

INVALID_PARAMETER_VALUE = "INVALID_PARAMETER_VALUE"
RESOURCE_DOES_NOT_EXIST = "RESOURCE_DOES_NOT_EXIST"
RESOURCE_ALREADY_EXISTS = "RESOURCE_ALREADY_EXISTS"
RESOURCE_CONFLICT = "RESOURCE_CONFLICT"
RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
PERMISSION_DENIED = "PERMISSION_DENIED"
UNAUTHENTICATED = "UNAUTHENTICATED"
ENDPOINT_NOT_FOUND = "ENDPOINT_NOT_FOUND"
TEMPORARILY_UNAVAILABLE = "TEMPORARILY_UNAVAILABLE"
INVALID_STATE = "INVALID_STATE"
NOT_IMPLEMENTED = "NOT_IMPLEMENTED"

DELETE_REASON = "Deleted by an MLflow client."  # the protocol has no word for why

# Statuses as mlflow.exceptions.ERROR_CODE_TO_HTTP_STATUS gives them. A full disk is 507 and not MLflow's 429, which
# its clients would try again seven times.
STATUS: dict[str, int] = {
    INVALID_PARAMETER_VALUE: 400,
    RESOURCE_ALREADY_EXISTS: 400,
    UNAUTHENTICATED: 401,
    PERMISSION_DENIED: 403,
    RESOURCE_DOES_NOT_EXIST: 404,
    ENDPOINT_NOT_FOUND: 404,
    RESOURCE_CONFLICT: 409,
    INVALID_STATE: 500,
    NOT_IMPLEMENTED: 501,
    TEMPORARILY_UNAVAILABLE: 503,
    RESOURCE_EXHAUSTED: 507,
}

# The refusals of services, nearest first, and the word a client is told for each.
_WORDS: tuple[tuple[type[DomainError], str], ...] = (
    (Refused, PERMISSION_DENIED),
    (NotFound, RESOURCE_DOES_NOT_EXIST),
    (Conflict, RESOURCE_CONFLICT),
    (Invalid, INVALID_PARAMETER_VALUE),
    (StorageFull, RESOURCE_EXHAUSTED),
    (Unavailable, TEMPORARILY_UNAVAILABLE),
)
_BY_CODE = {
    "token.missing": UNAUTHENTICATED,
    "token.invalid": UNAUTHENTICATED,
    "alias.missing": INVALID_PARAMETER_VALUE,  # as MLflow has it: a model that is there, an alias that is not
}


class WireError(DomainError):
    """A refusal that MLflow's protocol words in its own way; `word` is one of the error words above."""

    def __init__(self, word: str, message: str, *, code: str = "") -> None:
        super().__init__(message, code=code or word.lower())
        self.word = word


def word_of(error: DomainError) -> str:
    """The error word for a refusal. A name that is taken has a code ending in `.exists` wherever it is raised."""
    if isinstance(error, WireError):
        return error.word
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if isinstance(error, Conflict) and error.code.endswith(".exists"):
        return RESOURCE_ALREADY_EXISTS
    return next((word for kind, word in _WORDS if isinstance(error, kind)), INVALID_PARAMETER_VALUE)


def error_body(error: DomainError) -> dict[str, str]:
    """What an MLflow client reads of a refusal. `code` is the portal's own, for programs; clients pass over it."""
    message = f"{error.message} {error.remedy}" if error.remedy else error.message
    return {"error_code": word_of(error), "message": message, "code": error.code}


# MLflow's stages mix what was decided with where it runs. A stage of the portal is a decision, so Production is told of
# approved versions only; what runs where is told by aliases.
NONE, STAGING, PRODUCTION, ARCHIVED = "None", "Staging", "Production", "Archived"
STAGES = (NONE, STAGING, PRODUCTION, ARCHIVED)
_STAGE_WORDS = {
    "draft": NONE,
    "rejected": NONE,
    "candidate": STAGING,
    "approved": PRODUCTION,
    "retired": ARCHIVED,
}


def stage_word(stage: str) -> str:
    """MLflow's word for a stage of the portal."""
    return _STAGE_WORDS[stage]


def stages_of(word: str) -> list[str]:
    """The stages of the portal that one of MLflow's words means."""
    return [stage for stage, said in _STAGE_WORDS.items() if said == word]


def stage_checked(word: str) -> str:
    """One of MLflow's stages, in whatever case it was written. Raises WireError."""
    found = next((stage for stage in STAGES if stage.lower() == word.lower()), None)
    if found is None:
        raise WireError(
            INVALID_PARAMETER_VALUE,
            f"Invalid Model Version stage: {word[:60]}. Value must be one of {', '.join(STAGES)}.",
        )
    return found


def plain_address(address: str) -> str:
    """The server's address without credentials, query and trailing slash. Raises Invalid for what is no address."""
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid("Name the server as http://host:port or https://host.", code="history.address")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, host + port, parts.path.rstrip("/"), "", ""))


# What an import counts, in the order in which it is told, with the word for one.
COUNTED = {
    "experiments": "experiment",
    "runs": "run",
    "parameters": "parameter",
    "metrics": "metric reading",
    "logged models": "logged model",
    "files": "file",
    "models": "model or prompt",
    "versions": "version",
    "aliases": "alias",
}
_MANY = {"metrics": "metric readings", "models": "models and prompts"}
_NOT_LOOKED_AT = frozenset({"parameters", "metrics", "files"})  # of what is here already: they belong to a run or model


def counts_of(report: Mapping[str, Mapping[str, int]]) -> list[tuple[str, int, int | None]]:
    """What came and what was here already, kind by kind; None where an import does not look at what was here."""
    came, here = report.get("came", {}), report.get("here_already", {})
    return [
        (_MANY.get(kind, kind), came.get(kind, 0), None if kind in _NOT_LOOKED_AT else here.get(kind, 0))
        for kind in COUNTED
    ]


def counted_in_words(counts: Mapping[str, int]) -> str:
    """The counts as a list of words, such as “1 model or prompt, 3 runs”; empty where nothing was counted."""
    told = [(kind, counts.get(kind, 0)) for kind in COUNTED]
    return ", ".join(f"{n:,} {COUNTED[kind] if n == 1 else _MANY.get(kind, kind)}" for kind, n in told if n)
