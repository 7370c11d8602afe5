"""Every setting of the portal, read once from the environment, with its type and its default.

The defaults are for trying GenAIOps on one machine: SQLite, the filesystem as message broker, artifacts below `var/`.
`ENVIRONMENT=production` turns the safe defaults of a served site on and refuses to start without `SECRET_KEY`.
docs/operations.md explains each setting; a test compares the two.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from genaiops_site.openapi import DESCRIPTION
from genaiops_site.rest import FRAMEWORK
from genaiops_site.schedule import schedule
from genaiops_site.time_stamps import check_time_stamps
from genaiops_site.trail import check_receivers, checked_years

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- what kind of installation -------------------------------------------------------------------------------------
ENVIRONMENT: str = env.str("ENVIRONMENT", default="trial")
if ENVIRONMENT not in {"trial", "production"}:
    raise ImproperlyConfigured("ENVIRONMENT must be 'trial' or 'production'.")
IS_PRODUCTION = ENVIRONMENT == "production"
DEBUG: bool = env.bool("DEBUG", default=False)
if DEBUG and IS_PRODUCTION:
    raise ImproperlyConfigured("DEBUG shows settings and data to whoever causes an error; not when production.")
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()


def _secret_key() -> str:
    """The signing key: from the environment; on a trial machine made once and kept readable by its owner only."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    if IS_PRODUCTION:
        raise ImproperlyConfigured("SECRET_KEY must be set when ENVIRONMENT=production.")
    path = VAR_DIR / "secret-key"
    if not path.exists():
        _write_secret(path)
    return path.read_text()


def _write_secret(path: Path) -> None:
    """Make the key in one step: portal and workers may start together, and the first link wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"secret-key.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL: str = env.str("BASE_URL", default="http://127.0.0.1:8000")

# --- what is installed ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "guardian",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "apps.core",
    "apps.audit",
    "apps.accounts",
    "apps.jobs",
    "apps.incidents",
    "apps.trail",
    "apps.catalog",
    "apps.tracking",
    "apps.registry",
    "apps.evaluation",
    "apps.risks",
    "apps.serving",
    "apps.monitoring",
    "apps.checklist",
    "apps.mlflow",
    "apps.reminders",
    "apps.reports",
    "apps.auditors",
    "apps.portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.SecurityHeaders",
    "apps.core.middleware.ToolDoors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "apps.accounts.authentication.GuestDoors",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.middleware.DomainErrors",
]
ROOT_URLCONF = "genaiops_site.urls"
WSGI_APPLICATION = "genaiops_site.wsgi.application"
ASGI_APPLICATION = "genaiops_site.asgi.application"
# Kinds of documents of the operator's own, and below templates/ what takes the place of the product's templates.
DOCUMENT_FOLDER: str = env.str("DOCUMENT_FOLDER", default="")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [*([Path(DOCUMENT_FOLDER).resolve() / "templates"] if DOCUMENT_FOLDER else []), BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.portal.context.frame",
            ],
            "builtins": ["apps.core.templatetags.portal_ui"],
        },
    }
]

# --- database ------------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers go on while one writer writes; IMMEDIATE takes the write lock at BEGIN, so that two writers
    # wait for each other instead of failing half-way with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=30000;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Read and planned once for each connection. A pooler that hands out a connection by the transaction forbids it.
    if env.bool("DATABASE_PREPARED", default=True):
        DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 5
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- mail ----------------------------------------------------------------------------------------------------------
MAIL_IS_ON: bool = bool(env.str("EMAIL_URL", default=""))  # without a server the portal sends no mail, and says so
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))
DEFAULT_FROM_EMAIL: str = env.str("EMAIL_FROM", default="genaiops@localhost")
EMAIL_TIMEOUT = 20

# --- people --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.authentication.PeopleBackend", "guardian.backends.ObjectPermissionBackend"]
ANONYMOUS_USER_NAME = None  # guardian's anonymous account is not wanted: nothing is readable without signing in
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "portal:overview"
GUEST_HOME = "audit-room:home"
AUDIT_ACCESS_DAYS: int = env.int("AUDIT_ACCESS_DAYS", default=90)  # the longest that an auditor is let in at once
SIGN_IN_ATTEMPTS: int = env.int("SIGN_IN_ATTEMPTS", default=5)
SIGN_IN_WINDOW_SECONDS: int = env.int("SIGN_IN_WINDOW_SECONDS", default=900)

# --- security headers ----------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT: bool = env.bool("SECURE_SSL_REDIRECT", default=IS_PRODUCTION)
SECURE_HSTS_SECONDS: int = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if IS_PRODUCTION else 0)
TRUST_PROXY: bool = env.bool("TRUST_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
_S3_BUCKET: str = env.str("S3_BUCKET", default="")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "media"}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
    "artifacts": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
            "default_acl": "private",
            "file_overwrite": False,
        },
    }
    if _S3_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("STORAGE_ROOT", default=str(VAR_DIR / "artifacts")),
            "file_permissions_mode": 0o440,  # workers link these files into their scratch folders: read only
        },
    },
}
# Folders of the workers that models may be imported from; everything else on their disks stays closed.
MODEL_FOLDERS: list[str] = env.list("MODEL_FOLDERS", default=[str(VAR_DIR / "models")])
# The private EC key that versions are signed with: on worker machines only, readable by their user only.
SIGNING_KEY_FILE: str = env.str("SIGNING_KEY_FILE", default=str(VAR_DIR / "keys" / "model-signing.pem"))
# The trail's checkpoints and archived segments lie outside the database, and so does the key that signs them.
TRAIL_FOLDER: str = env.str("TRAIL_FOLDER", default=str(VAR_DIR / "trail"))
TRAIL_KEY_IS_OWN: bool = not env.str("TRAIL_KEY_FILE", default="")
TRAIL_KEY_FILE: str = env.str("TRAIL_KEY_FILE", default="") or str(VAR_DIR / "keys" / "trail-signing.pem")
TRAIL_CHECKPOINT_SECONDS: float = env.float("TRAIL_CHECKPOINT_SECONDS", default=3600.0)
TRAIL_RETENTION_YEARS: int = checked_years(env.int("TRAIL_RETENTION_YEARS", default=10))
# Who is told every entry; whoever sets an address here decides alone where the portal sends to.
TRAIL_SYSLOG_URL: str = env.str("TRAIL_SYSLOG_URL", default="")
TRAIL_WEBHOOK_URL: str = env.str("TRAIL_WEBHOOK_URL", default="")
TRAIL_WEBHOOK_SECRET: str = env.str("TRAIL_WEBHOOK_SECRET", default="")
_PLAIN: bool = env.bool("TRAIL_WEBHOOK_PLAIN", default=False)
check_receivers(TRAIL_SYSLOG_URL, TRAIL_WEBHOOK_URL, TRAIL_WEBHOOK_SECRET, _PLAIN)
# What documents are signed with, on worker machines only: a key of our own making, a file, or a security device.
SEAL_KEY_IS_OWN: bool = not env.str("SEAL_KEY_FILE", default="")
SEAL_KEY_FILE: str = env.str("SEAL_KEY_FILE", default="") or str(VAR_DIR / "keys" / "document-signing.pem")
SEAL_KEY_PASSWORD: str = env.str("SEAL_KEY_PASSWORD", default="")
SEAL_NAME: str = env.str("SEAL_NAME", default="")  # whom the self-made certificate names
SEAL_PKCS11_MODULE: str = env.str("SEAL_PKCS11_MODULE", default="")
SEAL_PKCS11_TOKEN: str = env.str("SEAL_PKCS11_TOKEN", default="")
SEAL_PKCS11_LABEL: str = env.str("SEAL_PKCS11_LABEL", default="")
SEAL_PKCS11_PIN: str = env.str("SEAL_PKCS11_PIN", default="")
SEAL_TIMESTAMP_URL: str = env.str("SEAL_TIMESTAMP_URL", default="")  # RFC 3161; empty: no time stamps
SEAL_TIMESTAMP_USER: str = env.str("SEAL_TIMESTAMP_USER", default="")
SEAL_TIMESTAMP_PASSWORD: str = env.str("SEAL_TIMESTAMP_PASSWORD", default="")
SEAL_TIMESTAMP_SECONDS: float = env.float("SEAL_TIMESTAMP_SECONDS", default=20.0)
check_time_stamps(SEAL_TIMESTAMP_URL, SEAL_TIMESTAMP_USER)
FILE_SCAN_SECONDS: int = env.int("FILE_SCAN_SECONDS", default=300)  # for one held file
FILE_CHECK_DAYS: int = env.int("FILE_CHECK_DAYS", default=7)  # after which a version's stored files are read again
FILE_CHECK_BYTES: int = env.int("FILE_CHECK_BYTES", default=100 * 1024**3)  # read in one sweep, about
# Whom an import from another MLflow server speaks as; the names are those of MLflow's own client.
MLFLOW_TRACKING_USERNAME: str = env.str("MLFLOW_TRACKING_USERNAME", default="")
MLFLOW_TRACKING_PASSWORD: str = env.str("MLFLOW_TRACKING_PASSWORD", default="")
MLFLOW_TRACKING_TOKEN: str = env.str("MLFLOW_TRACKING_TOKEN", default="")
# Servers whose history people may ask for from the page or the API; the worker speaks to no other for them.
MLFLOW_IMPORT_SERVERS: list[str] = env.list("MLFLOW_IMPORT_SERVERS", default=[])
WORK_DIR = VAR_DIR / "work"  # scratch space of running jobs: checkpoints, exported inputs
FILE_UPLOAD_HANDLERS = ["apps.core.uploads.BoundedUpload"]  # never a whole file in memory
FILE_UPLOAD_TEMP_DIR: str | None = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_MAX_BYTES: int = env.int("UPLOAD_MAX_BYTES", default=20 * 1024**3)
COMMIT_INLINE_BYTES: int = env.int("COMMIT_INLINE_BYTES", default=32 * 1024**2)  # larger files: a worker commits
UPLOAD_DAYS: int = env.int("UPLOAD_DAYS", default=7)
UPLOAD_TEAM_BYTES: int = env.int("UPLOAD_TEAM_BYTES", default=100 * 1024**3)  # of a team's open uploads; 0: no limit
CHUNK_KEEP_DAYS: int = env.int("CHUNK_KEEP_DAYS", default=7)  # longer than any file takes to arrive and be stored
# What one question to the rows of a dataset may take; what does not fit into this memory spills below WORK_DIR.
QUERY_THREADS: int = env.int("QUERY_THREADS", default=2)
QUERY_MEMORY_BYTES: int = env.int("QUERY_MEMORY_BYTES", default=512 * 1024**2)
QUERY_SECONDS: float = env.float("QUERY_SECONDS", default=15.0)  # while somebody waits for the page
ROWS_CACHE_BYTES: int = env.int("ROWS_CACHE_BYTES", default=20 * 1024**3)

# --- work off the request ------------------------------------------------------------------------------------------
CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", default="filesystem://localhost//")
# A broker that is away is asked twice, not for six seconds: whoever starts a run waits for this; the sweep sends it.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
if CELERY_BROKER_URL.startswith("filesystem"):
    _queue_dir = VAR_DIR / "queue"
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "data_folder_in": str(_queue_dir / "messages"),
        "data_folder_out": str(_queue_dir / "messages"),
        "control_folder": str(_queue_dir / "control"),
        "store_processed": False,
        "polling_interval": 0.2,  # the default of a second would be added to every job
    }
    for _folder in ("messages", "control"):
        (_queue_dir / _folder).mkdir(parents=True, exist_ok=True)
CELERY_RESULT_BACKEND = None  # the row is the result
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]  # never pickle
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 4
CELERY_TIMEZONE = "UTC"
RUN_HEARTBEAT_SECONDS: float = env.float("RUN_HEARTBEAT_SECONDS", default=5.0)
RUN_LOST_AFTER_SECONDS: float = env.float("RUN_LOST_AFTER_SECONDS", default=60.0)
RUN_SWEEP_SECONDS: float = env.float("RUN_SWEEP_SECONDS", default=15.0)

CELERY_BEAT_SCHEDULE = schedule(RUN_SWEEP_SECONDS, TRAIL_CHECKPOINT_SECONDS)
PDF_PROCESSES: int = env.int("PDF_PROCESSES", default=0)  # that set one document's parts; 0: one for each CPU, up to 4
TORCH_THREADS: int = env.int("TORCH_THREADS", default=0)  # 0: as many as the worker has cores
SCAN_SAVE_SECONDS: float = env.float("SCAN_SAVE_SECONDS", default=15.0)  # of scanning that a killed worker may cost
PII_SPACY_MODEL: str = env.str("PII_SPACY_MODEL", default="")  # a folder; empty: no names and places by spaCy
TOXICITY_MODEL: str = env.str("TOXICITY_MODEL", default="")  # a folder; empty: a list of wordings judges
PERPLEXITY_MODEL: str = env.str("PERPLEXITY_MODEL", default="")  # a folder; empty: scans tell no perplexity
PII_TRANSFORMERS_MODEL: str = env.str("PII_TRANSFORMERS_MODEL", default="")  # a folder; empty: none by transformers
ENERGY_COUNTRY: str = env.str("ENERGY_COUNTRY", default="")  # ISO 3166 alpha-3; empty: assumed, and said so

# --- API -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = FRAMEWORK | {
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_RATE_ANON", default="60/min"),
        "user": env.str("API_RATE_USER", default="6000/min"),
    },
    # Whose requests are counted: without a proxy X-Forwarded-For is the caller's own invention.
    "NUM_PROXIES": 1 if TRUST_PROXY else 0,
}
SPECTACULAR_SETTINGS = DESCRIPTION

# --- caches, words, logs -------------------------------------------------------------------------------------------
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.str("CACHE_URL")}
    if env.str("CACHE_URL", default="")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"httpx": {"level": "WARNING"}},  # it would write whole addresses, which may hold secrets
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
