"""Refusals that a person can read.

A service raises one of these; `problems.handle` turns it into the API's RFC 9457 answer and
`middleware.DomainErrors` into a page. Nothing else decides on a status code.
"""


class DomainError(Exception):
    """What was refused, why, and what would make it pass.

    `message` is a full sentence; `code` is stable and meant for programs; `remedy` says what to do next.
    """

    status = 400
    default_code = "refused"

    def __init__(self, message: str, *, code: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.remedy = remedy


class Refused(DomainError):
    """The person may see the object but may not do this with it."""

    status = 403
    default_code = "permission.refused"


class NotFound(DomainError):
    """There is no such object, or the person may not know that there is one."""

    status = 404
    default_code = "not_found"


class Conflict(DomainError):
    """The object's present state does not allow the action."""

    status = 409
    default_code = "conflict"


class Invalid(DomainError):
    """The input cannot be accepted as it is."""

    status = 422
    default_code = "input.invalid"


class StorageFull(DomainError):
    """The disk or bucket has no room left (RFC 4918, 507 Insufficient Storage)."""

    status = 507
    default_code = "storage.full"


class Unavailable(DomainError):
    """Something this action needs does not answer at the moment."""

    status = 503
    default_code = "unavailable"
