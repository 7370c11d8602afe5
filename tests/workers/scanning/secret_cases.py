"""Labelled texts with and without secrets. Every secret is drawn here by a seed; none gives access to anything."""

import base64
import json
import random
import string

_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def _drawn(source: random.Random, letters: str, length: int) -> str:
    return "".join(source.choices(letters, k=length))


def _token(source: random.Random) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()).decode().rstrip("=")
    body = base64.urlsafe_b64encode(json.dumps({"sub": _drawn(source, _HEX, 9)}).encode()).decode().rstrip("=")
    return f"{header}.{body}.{_drawn(source, _ALNUM, 43)}"


def _key(source: random.Random, kind: str) -> str:
    lines = "\n".join(_drawn(source, _ALNUM + "+/", 64) for _ in range(3))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"


def secrets() -> list[tuple[str, str, str]]:
    """(text, entity, the secret in it)."""
    source = random.Random(41)
    cases: list[tuple[str, str, str]] = []
    for _ in range(3):
        made = {
            "AWS_ACCESS_KEY": "AKIA" + _drawn(source, string.ascii_uppercase + "234567", 16),
            "GITHUB_TOKEN": source.choice(("ghp_", "ghs_")) + _drawn(source, _ALNUM, 36),
            "GITLAB_TOKEN": "glpat-" + _drawn(source, _ALNUM, 20),
            "SLACK_TOKEN": f"xoxb-{_drawn(source, string.digits, 12)}-{_drawn(source, _ALNUM, 24)}",
            "GOOGLE_API_KEY": "AIza" + _drawn(source, _ALNUM, 35),
            "STRIPE_KEY": "sk_live_" + _drawn(source, _ALNUM, 24),
            "ANTHROPIC_KEY": "sk-ant-api03-" + _drawn(source, _ALNUM, 60),
            "OPENAI_KEY": "sk-proj-" + _drawn(source, _ALNUM, 48),
            "HUGGING_FACE_TOKEN": "hf_" + _drawn(source, _ALNUM, 34),
            "SENDGRID_KEY": f"SG.{_drawn(source, _ALNUM, 22)}.{_drawn(source, _ALNUM, 43)}",
            "NPM_TOKEN": "npm_" + _drawn(source, _ALNUM, 36),
            "PYPI_TOKEN": "pypi-AgEI" + _drawn(source, _ALNUM, 80),
            "DIGITALOCEAN_TOKEN": "dop_v1_" + _drawn(source, _HEX, 64),
            "DATABRICKS_TOKEN": "dapi" + _drawn(source, _HEX, 32),
            "VAULT_TOKEN": "hvs." + _drawn(source, _ALNUM, 24),
            "JSON_WEB_TOKEN": _token(source),
            "PRIVATE_KEY": _key(source, source.choice(("RSA ", "EC ", "OPENSSH ", ""))),
        }
        cases += [(f"The log says {value} and stops.", entity, value) for entity, value in made.items()]
        secret = _drawn(source, _ALNUM + "/+", 40)
        cases.append((f"aws_secret_access_key = {secret}", "AWS_SECRET_KEY", secret))
        account = _drawn(source, _ALNUM + "/+", 86) + "=="
        cases.append((f"AccountName=a;AccountKey={account};EndpointSuffix=b", "AZURE_STORAGE_KEY", account))
        word = _drawn(source, _ALNUM, 14)
        cases.append((f"use postgres://app:{word}@db.internal:5432/main", "URL_PASSWORD", word))
        cases.append((f"Server=db;Database=a;User Id=b;Password={word}!;", "CONNECTION_PASSWORD", f"{word}!"))
        cases.append((f'"api_key": "{word}{word[::-1]}"', "HIGH_ENTROPY_SECRET", word + word[::-1]))
    return cases


INNOCENT = (
    "Set AWS_ACCESS_KEY_ID to AKIA" + "IOSFODNN7EXAMPLE as the manual does.",
    "export GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "postgres://user:<password>@localhost/db",
    "mysql://root:${DB_PASSWORD}@db/app",
    "Go to https://example.org:8080/path?x=1@y for more.",
    "password: please choose one with twelve characters",
    "Your token: none yet",
    "The secret: nobody knows",
    "api_key=your_api_key_here",
    "secret = changeme",
    "token = 12345678",
    "The commit is 3f785b8d2a1c44d0e9aa7e61b2f7d5d1c0ffee12.",
    "SHA-256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "id 550e8400-e29b-41d4-a716-446655440000 was removed",
    "task sk-learn-tutorial-about-decision-trees-and-forests",
    "The sk_live_ prefix marks live keys.",
    "hf_hub_download loads one file from the hub",
    "npm_config_registry is the variable to set",
    "AIza is how such keys begin.",
    "eyJ is how base64 of JSON begins.",
    "SG.de is a short form for the canton.",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    "glpat is short for GitLab personal access token.",
    "The token: a piece of text that a model reads",
    "tokenizer: sentencepiece-unigram-model",
    "access key: press Alt and the underlined letter",
    "secret santa: draw a name on 2026-12-06",
    "credentials: see the handbook, chapter twelve",
    "Password=;Server=db",
    "auth_key: null",
    "max_tokens = 4096, temperature = 0.7",
    "tokens: 1234567890123",
    "password = ************",
    "The passwords: hunter, lantern, meadow",
    "API key: ask the administrator@example.org for one",
    "dapin and dapibus are Latin words.",
    "xoxo- see you soon",
    "AccountKey=<from the portal>;",
    "the redacted token: [REDACTED-BY-POLICY]",
    "https://user@host/path",
    "ssh://git@github.com:22/a/b.git",
    "time 10:45:12 = quarter to eleven",
    "key: value pairs are written with a colon",
)
