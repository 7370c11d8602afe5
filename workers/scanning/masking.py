"""Showing that personal data was found without showing it: the shape stays, the value goes."""

DOT = "•"
MAX_LENGTH = 48


def masked(entity: str, value: str) -> str:
    """``j•••@•••.com``, ``•••• •••• •••• 1111``, ``+•• ••• •••••67``: at most four characters of the value remain.

    Everything of a short value is hidden. Lengths are those of the value, except in e-mail addresses.
    """
    if entity == "EMAIL_ADDRESS":
        return _email(value)
    shown = 4 if entity == "CREDIT_CARD" else 2
    letters = sum(mark.isalnum() for mark in value)
    hidden = letters - shown if letters >= 8 else letters
    out, seen = [], 0
    for mark in value:
        seen += mark.isalnum()
        out.append(DOT if mark.isalnum() and seen <= hidden else mark)
    return "".join(out)[-MAX_LENGTH:]


def _email(value: str) -> str:
    local, _, domain = value.rpartition("@")
    ending = domain.rpartition(".")[2]
    first = local[:1] if len(local) > 1 else DOT
    return f"{first}{DOT * 3}@{DOT * 3}.{ending}"[:MAX_LENGTH]
