"""Settings: closed by default; what differs between machines is in the environment.

`.env` beside `manage.py` stands in for the environment, which wins where both
speak. `.env.example` lists every variable.
"""

import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environ import Env

BASE_DIR = Path(__file__).resolve().parent.parent
REQUIRED = object()

Env.read_env(BASE_DIR / ".env")


def read(name, parse, accepts, default=REQUIRED):
    """Return variable `name` as `parse` understands it; empty counts as not set.

    What cannot be understood ends the process with one line that names the
    variable. `SystemExit`, because manage.py and gunicorn both pass it on as it is.
    """
    text = os.environ.get(name, "").strip()
    if not text and default is not REQUIRED:
        return default
    try:
        return parse(text)
    except (ImproperlyConfigured, KeyError, ValueError):
        raise SystemExit(
            f"{name} must be {accepts}. Set it in the environment or .env."
        ) from None


def switch(name, default):
    return read(
        name, {"true": True, "false": False}.__getitem__, "true or false", default
    )


def whole_number(low, high):
    def parse(text):
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise ValueError
        return int(text)

    return parse


def matching(pattern):
    def parse(text):
        if not re.fullmatch(pattern, text):
            raise ValueError
        return text

    return parse


def hosts(text):
    host = matching(r"[a-z0-9][a-z0-9.-]*|\[[0-9a-f:]+\]")
    return [host(name.strip()) for name in text.split(",")]


def database(url):
    pattern = r"(postgres(ql)?://[^/]*|sqlite:///)/.+"
    return Env.db_url_config(matching(pattern)(url))


def mail(url):
    """The user is also the sender, so it is an e-mail address."""
    config = Env.email_url_config(url)
    if not (
        re.match(r"smtp(\+tls|\+ssl)?://", url)
        and "@" in (config["EMAIL_HOST_USER"] or "")
        and config["EMAIL_HOST"]
        and config["EMAIL_PORT"]
    ):
        raise ValueError
    return config


# What this machine decides

DEBUG = switch("DEBUG", False)
HTTPS = switch("HTTPS", not DEBUG)
SECRET_KEY = read(
    "SECRET_KEY", matching(".{50,}"), "50 random characters or more, and kept secret"
)
ALLOWED_HOSTS = read(
    "ALLOWED_HOSTS",
    hosts,
    "the site's host names, the public one first, with commas between (no * or port)",
    ["localhost", "127.0.0.1", "[::1]"] if DEBUG else REQUIRED,
)
ACCEPTING_NEW_PATIENTS = switch("ACCEPTING_NEW_PATIENTS", False)
HOST = read("HOST", matching(r"[\w.:-]+"), "an address to listen on", "127.0.0.1")
PORT = read("PORT", whole_number(1, 65535), "a port number, 1 to 65535", 8000)
WEB_CONCURRENCY = read(
    "WEB_CONCURRENCY",
    whole_number(1, 64),
    "a number of workers, 1 to 64",
    os.cpu_count(),
)
PUBLIC_ORIGIN = (
    f"https://{ALLOWED_HOSTS[0]}" if HTTPS else f"http://{ALLOWED_HOSTS[0]}:{PORT}"
)
SECURITY_CONTACT = read(
    "SECURITY_CONTACT",
    matching(r"(mailto:|https://)\S+"),
    "a mailto: or https: address",
    None,
)

DATA_DIR = read("DATA_DIR", Path, "a folder", BASE_DIR / "var").resolve()
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise SystemExit(f"DATA_DIR must be a folder you can write: {error}.") from None

# The application

INSTALLED_APPS = [
    "pages.apps.PagesConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",  # its site is pages.admin's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "clinic_site.middleware.surface",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "clinic_site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.context_processors.clinic",
            ]
        },
    }
]
TIME_ZONE = "America/Los_Angeles"
USE_I18N = False
DAYS_UNTIL_ASKED_IF_STILL_TRUE = 30  # what new patients are told
DAYS_UNTIL_NEXT_REVIEW = 365  # of a page's medical words

# What is kept, and where

# Waiting is bounded, so that staff are told of a broken database within 3 seconds.
# EXTRA: what was saved survives a power cut.
DATABASE_OPTIONS = {
    "django.db.backends.sqlite3": {
        "timeout": 2,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA synchronous=EXTRA",
    },
    "django.db.backends.postgresql": {
        "connect_timeout": 2,
        "options": "-c statement_timeout=2000 -c lock_timeout=2000",
    },
}
DATABASES = {
    "default": read(
        "DATABASE_URL",
        database,
        "postgres://user:password@host/name or sqlite:////path",
        {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "clinic.sqlite3"},
    )
}
DATABASES["default"]["OPTIONS"] = {
    **DATABASE_OPTIONS[DATABASES["default"]["ENGINE"]],
    **DATABASES["default"].get("OPTIONS", {}),
}

CACHE_URL = read(
    "CACHE_URL",
    matching(r"rediss?://[^\s/]+(/\d+)?"),
    "redis://host:port/number",
    None,
)
if CACHE_URL:
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    CACHE = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        # A page does not wait, as it has the last facts it knew; left to itself,
        # redis-py would try again for seconds.
        "OPTIONS": {
            "socket_connect_timeout": 0.1,
            "socket_timeout": 0.1,
            "retry": Retry(NoBackoff(), 0),
        },
    }
else:
    CACHE = {"BACKEND": "pages.cache.WatchedFileCache", "LOCATION": DATA_DIR / "cache"}
CACHES = {"default": {**CACHE, "TIMEOUT": None}}

EMAIL_URL = read(
    "EMAIL_URL", mail, "smtp+tls://name%40example.org:password@host:587", None
)
if EMAIL_URL:
    globals().update(EMAIL_URL)
    DEFAULT_FROM_EMAIL = EMAIL_URL["EMAIL_HOST_USER"]
    EMAIL_TIMEOUT = 10
    LOGIN_URL = "admin:login"  # where a new password leads

WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # what browsers ask for by fixed names
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Who may sign in, and for how long

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if HTTPS else 0
# No form here sends files or more than a few words; what is not read is not kept.
FILE_UPLOAD_HANDLERS = []
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains,
    "security.W021",  # and preloading it: the owner of the whole domain decides these
]

# One line a request, written by the middleware; of errors, the traceback too.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "clinic_site.logs.OneLine",
            "format": "%(asctime)s %(levelname)s %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "ERROR"},
        # It would quote hosts and tokens that came from outside; the request's own
        # line has the status.
        "django.security": {"handlers": [], "level": "CRITICAL"},
    },
}
