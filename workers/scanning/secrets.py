"""The check ``secrets``: keys, tokens, passwords and private keys that give access to something.

Providers' tokens are told by the forms that the providers publish, JSON Web Tokens by a header that decodes (RFC 7519),
connection strings by a password before the host (RFC 3986, 3.2.1). Anything else must stand behind a word that names a
secret and be as irregular as drawn characters are (Shannon entropy). Placeholders do not count.

Keys of the section beside the common ones: those of ``personal_data`` less its ``methods`` (see `search.TextSearch`),
``kinds`` (entity and the form it is told by) and ``not_looked_for``.
"""

import base64
import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.scanning.checks import Check, Survey
from workers.scanning.config import Config
from workers.scanning.pii import Hit
from workers.scanning.search import TextSearch

VERSION = "1"
ENTROPY_BITS = 3.5  # a character; English words of that length have about 3.0, drawn base64 about 4.2
ENTROPY_HEX_BITS = 3.0  # sixteen digits can give at most 4
# Measured on the labelled cases of tests/workers/scanning/secret_cases.py; a test holds the figures to them.
MEASURED = {"secrets": 66, "found": 66, "innocent": 44, "alarms": 0}


@dataclass(frozen=True)
class Form:
    """One sort of secret. ``marks``: at least one stands in every text that holds it. The first group is the secret."""

    entity: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    about: str


def _form(entity: str, marks: str, pattern: str, about: str) -> Form:
    return Form(entity, tuple(marks.split()), re.compile(pattern), about)


_END = r"(?![0-9A-Za-z_\-])"
_START = r"(?<![0-9A-Za-z_\-])"
FORMS: tuple[Form, ...] = (
    _form(
        "AWS_ACCESS_KEY", "AKIA ASIA", rf"{_START}((?:AKIA|ASIA)[A-Z2-7]{{16}}){_END}", "AKIA or ASIA and 16 characters"
    ),
    _form(
        "AWS_SECRET_KEY",
        "aws AWS Aws",
        r"(?i:aws)[^\n]{0,40}?(?i:secret|key)[^\n]{0,20}?[\s\"'=:]([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        "40 characters of base64 behind 'aws' and 'secret' or 'key'",
    ),
    _form(
        "GITHUB_TOKEN",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        rf"{_START}(gh[pousr]_[A-Za-z0-9]{{36,255}}|github_pat_[A-Za-z0-9_]{{22,255}}){_END}",
        "ghp_, gho_, ghu_, ghs_, ghr_ or github_pat_",
    ),
    _form("GITLAB_TOKEN", "glpat-", rf"{_START}(glpat-[A-Za-z0-9_\-]{{20,64}}){_END}", "glpat-"),
    _form(
        "SLACK_TOKEN",
        "xoxb- xoxp- xoxa- xoxr- xoxs-",
        rf"{_START}(xox[abprs]-[A-Za-z0-9\-]{{10,250}}){_END}",
        "xoxb- and its like",
    ),
    _form(
        "SLACK_WEBHOOK",
        "hooks.slack.com",
        r"(hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{16,})",
        "address of an incoming webhook",
    ),
    _form("GOOGLE_API_KEY", "AIza", rf"{_START}(AIza[0-9A-Za-z_\-]{{35}}){_END}", "AIza and 35 characters"),
    _form(
        "STRIPE_KEY",
        "sk_live_ rk_live_ sk_test_ rk_test_",
        rf"{_START}([sr]k_(?:live|test)_[0-9A-Za-z]{{16,250}}){_END}",
        "sk_live_ and its like",
    ),
    _form("ANTHROPIC_KEY", "sk-ant-", rf"{_START}(sk-ant-[A-Za-z0-9_\-]{{24,250}}){_END}", "sk-ant-"),
    _form(
        "OPENAI_KEY",
        "sk-",
        rf"{_START}(sk-(?!ant-)(?:proj-|svcacct-|admin-)?[A-Za-z0-9_\-]{{32,250}}){_END}",
        "sk-, sk-proj-",
    ),
    _form("HUGGING_FACE_TOKEN", "hf_", rf"{_START}(hf_[A-Za-z0-9]{{34}}){_END}", "hf_ and 34 characters"),
    _form("SENDGRID_KEY", "SG.", rf"{_START}(SG\.[\w\-]{{22}}\.[\w\-]{{43}}){_END}", "SG. with 22 and 43 characters"),
    _form("NPM_TOKEN", "npm_", rf"{_START}(npm_[A-Za-z0-9]{{36}}){_END}", "npm_ and 36 characters"),
    _form("PYPI_TOKEN", "pypi-AgEI", rf"{_START}(pypi-AgEI[A-Za-z0-9_\-]{{50,250}}){_END}", "pypi-AgEI"),
    _form("DIGITALOCEAN_TOKEN", "dop_v1_", rf"{_START}(dop_v1_[a-f0-9]{{64}}){_END}", "dop_v1_ and 64 characters"),
    _form("DATABRICKS_TOKEN", "dapi", rf"{_START}(dapi[a-f0-9]{{32}}){_END}", "dapi and 32 characters"),
    _form("VAULT_TOKEN", "hvs.", rf"{_START}(hvs\.[\w\-]{{24,250}}){_END}", "hvs."),
    _form("AZURE_STORAGE_KEY", "AccountKey=", r"AccountKey=([A-Za-z0-9+/]{86}==)", "AccountKey= and 88 characters"),
    _form(
        "PRIVATE_KEY",
        "-----BEGIN",
        r"(-----BEGIN (?:[A-Z0-9]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[^-]|-(?!----))*(?:-----END [A-Z0-9 ]{4,40}-----)?)",
        "a block that begins with -----BEGIN … PRIVATE KEY-----",
    ),
    _form(
        "JSON_WEB_TOKEN",
        "eyJ",
        rf"{_START}(eyJ[\w\-]{{8,}}\.eyJ[\w\-]{{4,}}\.[\w\-]{{8,}}){_END}",
        "three parts of base64, the first a header that decodes",
    ),
    _form(
        "URL_PASSWORD",
        "://",
        r"[a-z][a-z0-9+.\-]{1,20}://[^\s/:@\"']{1,80}:([^\s/@\"']{3,120})@[\w\[]",
        "a password before the host of an address",
    ),
    _form(
        "CONNECTION_PASSWORD",
        "assword= wd= WD= ASSWORD=",
        r"(?i:server|data source|host|dsn)=[^;\n]{1,120};[^\n]{0,200}?(?i:password|pwd)=([^;\s\"']{4,120})",
        "Password= in a connection string",
    ),
    _form(
        "HIGH_ENTROPY_SECRET",
        "= : =>",
        r"(?i:passw(?:or)?d|secret|token|api[_\- ]?key|access[_\- ]?key|auth[_\- ]?key|credential)s?"
        r"[\"'\])]{0,2}\s{0,3}"
        r"(?:=>?|:=?)\s{0,3}[\"']?(?:Bearer\s)?([A-Za-z0-9+/_\-.=!@#$%^&*]{12,200})",
        "drawn characters behind a word such as 'password', 'token' or 'api key'",
    ),
)
# Keys drawn by chance hardly spell "example": of forty characters one in about a thousand million does.
_PLACEHOLDER = re.compile(
    r"(?i)example|changeme|placeholder|your[_\-]|<|\$\{|\{\{|x{5,}|\*{3,}|\.{4,}|0{8,}|12345678"
    r"|^password$|^passwd$|^pass$|^secret$|redacted|dummy"
)
NOT_LOOKED_FOR = (
    "Keys that providers publish as examples, such as those of AWS that end in EXAMPLE, and placeholders: they open"
    " nothing, and documentation is full of them.",
    "Passwords written out in a sentence without '=' or ':' before them: any word could be one.",
    "Keys without a form of their own that nothing names: they cannot be told from other identifiers.",
)


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return TextSearch("secrets", Secrets(), config, survey, folder)


class Secrets:
    """Finds secrets in one text."""

    def find(self, text: str, context: Sequence[str] = ()) -> list[Hit]:
        """Matches in order; of two that share characters the form that stands first in the list counts."""
        kept: list[Hit] = []
        for hit in self._all(text):
            if all(hit.end <= other.start or hit.start >= other.end for other in kept):
                kept.append(hit)
        return sorted(kept, key=lambda hit: hit.start)

    def _all(self, text: str) -> Iterator[Hit]:
        for form in FORMS:
            if any(map(text.__contains__, form.marks)):
                for match in form.pattern.finditer(text):
                    if is_secret(form.entity, match.group(1)):
                        yield Hit(form.entity, *match.span(1), 1.0)

    def account(self) -> dict[str, Any]:
        return {
            "kinds": [{"entity": form.entity, "about": form.about} for form in FORMS],
            "not_looked_for": list(NOT_LOOKED_FOR),
            "method": "Published forms of providers' keys, private key blocks, tokens whose header decodes,"
            " passwords in addresses and connection strings, and irregular text behind a word for a secret.",
            "versions": {"secret forms": VERSION},
            "error_rate": f"Of {MEASURED['secrets']} labelled secrets {MEASURED['found']} were found, with"
            f" {MEASURED['alarms']} false alarms on {MEASURED['innocent']} texts that look like one. Cases are drawn"
            " by the same forms, so unusual secrets are missed more often than that.",
        }


def is_secret(entity: str, value: str) -> bool:
    """Whether what has the form of a secret is one: no placeholder, and drawn by chance where the form says little."""
    if entity == "PRIVATE_KEY":
        return True
    if _PLACEHOLDER.search(value):
        return False
    if entity == "JSON_WEB_TOKEN":
        return _is_header(value.partition(".")[0])
    if entity == "HIGH_ENTROPY_SECRET":
        return _is_irregular(value)
    if entity == "OPENAI_KEY":  # sk- begins names of packages and addresses, too
        return re.search("[0-9]", value) is not None and re.search("[A-Z]", value) is not None
    return True


def _is_header(part: str) -> bool:
    """Whether it decodes to the header of a JSON Web Token (RFC 7519, section 5)."""
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(header, dict) and "alg" in header


def _is_irregular(value: str) -> bool:
    """Letters and digits together, with as many different ones as chance gives."""
    if not (re.search("[0-9]", value) and re.search("[A-Za-z]", value)):
        return False
    limit = ENTROPY_HEX_BITS if re.fullmatch("[0-9A-Fa-f]+", value) else ENTROPY_BITS
    # Few characters cannot reach many bits: sixteen different ones give exactly four.
    return entropy(value) >= min(limit, 0.9 * math.log2(len(value)))


def entropy(value: str) -> float:
    """Shannon entropy in bits a character, of the characters as they are counted in the value itself."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
