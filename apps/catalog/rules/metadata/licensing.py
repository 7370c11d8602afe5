"""Licences as metadata files name them, read as SPDX expressions where that is possible without guessing."""

import re

from apps.catalog.rules.licences import judge

SPDX_LICENCES = "https://spdx.org/licenses/"
OWN_REFERENCES = ("LicenseRef-", "DocumentRef-")
MOST_SAID = 1_000  # characters of what a file says
MOST = 200  # characters of a licence expression, as the record holds it
_NOTHING = "LicenseRef-unknown"  # what "other" and "unknown" come to
# Identifiers of the Hugging Face hub that are not the SPDX identifier in lower case.
_HUB = {"C-UDA-1.0": "c-uda", "LGPLLR": "lgpl-lr", "ODC-By-1.0": "odc-by", "ODbL-1.0": "odbl", "PDDL-1.0": "pddl"} | {
    f"{name}-only": name.lower() for name in ("AGPL-3.0", "GPL-2.0", "GPL-3.0", "LGPL-2.1", "LGPL-3.0")
}
_CREATIVE_COMMONS = re.compile(
    r"^https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)(?:/(?:deed\.\w+|legalcode\S*)?)?$"
)
_KNOWN_PAGES = (
    (re.compile(r"^https?://(?:www\.)?spdx\.org/licenses/([\w.+-]+?)(?:\.html|\.json)?/?$"), "{}"),
    (re.compile(r"^https?://(?:www\.)?choosealicense\.com/licenses/([\w.+-]+?)/?$"), "{}"),
    (re.compile(r"^https?://(?:www\.)?opensource\.org/licen[cs]es?/([\w.+-]+?)/?$"), "{}"),
    (re.compile(r"^https?://(?:www\.)?opendatacommons\.org/licenses/(by|odbl|pddl)(?:/.*)?$"), "odc:{}"),
    (re.compile(r"^https?://(?:www\.)?apache\.org/licenses/license-2\.0(?:\.\w+)?/?$"), "Apache-2.0"),
    (re.compile(r"^https?://creativecommons\.org/publicdomain/zero/1\.0(?:/.*)?$"), "CC0-1.0"),
)
_OPEN_DATA = {"by": "ODC-By-1.0", "odbl": "ODbL-1.0", "pddl": "PDDL-1.0"}


def spdx_of(said: str) -> str:
    """The SPDX expression that a file's words or address stand for; empty where they stand for none.

    Reads expressions in any case, the names that the list of licences knows, and addresses of spdx.org,
    choosealicense.com, opensource.org, opendatacommons.org, apache.org and creativecommons.org. Nothing is fetched.
    """
    words = said.strip()
    if len(words) > MOST_SAID:
        return ""
    named = _of_address(words.lower()) if "://" in words else words
    if not named or len(named) > MOST:
        return ""
    verdict = judge(named)
    return verdict.normalised if verdict.valid and _NOTHING not in verdict.keys else ""


def _of_address(address: str) -> str:
    if match := _CREATIVE_COMMONS.match(address):
        return f"CC-{match[1]}-{match[2]}"
    for pattern, form in _KNOWN_PAGES:
        if match := pattern.match(address):
            named = form.format(*match.groups())
            return _OPEN_DATA.get(named.removeprefix("odc:"), named)
    return ""


def hub_identifier(expression: str) -> str:
    """How the Hugging Face hub names a licence; empty for expressions of several, which it has no form for."""
    named = identifiers_in(expression)
    if len(named) != 1 or named[0] != expression:
        return ""
    plain = _HUB.get(expression, expression.removeprefix(OWN_REFERENCES[0]).lower())
    return plain if spdx_of(plain) == expression else ""


def identifiers_in(expression: str) -> list[str]:
    """The licences that an SPDX expression names, in order; none where it is no SPDX expression."""
    verdict = judge(expression)
    return list(verdict.keys) if verdict.valid else []
