"""Settings: closed by default; what differs between machines is in the environment.

`.env` beside `manage.py` stands in for the environment, which wins where both
speak. `.env.example` lists every variable.
"""

import json
import os
import re
from pathlib import Path

from environ import Env

BASE_DIR = Path(__file__).resolve().parent.parent
HOST_NAME = r"([a-z0-9][a-z0-9.-]*|\[[0-9a-f:]+\])"
PORT_NUMBER = r"[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]"

Env.ENVIRON = dict(os.environ)  # a copy, as workers of a reload read `.env` anew
Env.read_env(BASE_DIR / ".env")


def env(name, pattern, default=""):
    """Return the text, or the default; what makes no sense ends the start in one line.

    By SystemExit, as manage.py and gunicorn both pass it on as it is.
    """
    text = Env.ENVIRON.get(name, "").strip() or default
    if not re.fullmatch(pattern, text):
        raise SystemExit(f"{name} must be as .env.example says.")
    return text


# What this machine decides

DEBUG = env("DEBUG", "true|false", "false") == "true"
HTTPS = env("HTTPS", "true|false", "false" if DEBUG else "true") == "true"
SECRET_KEY = env("SECRET_KEY", ".{50,}")
LOCAL_HOSTS = "localhost,127.0.0.1,[::1]" * DEBUG
ALLOWED_HOSTS = env("ALLOWED_HOSTS", rf"{HOST_NAME}(\s*,\s*{HOST_NAME})*", LOCAL_HOSTS)
ALLOWED_HOSTS = re.split(r"\s*,\s*", ALLOWED_HOSTS)
ACCEPTING_NEW_PATIENTS = env("ACCEPTING_NEW_PATIENTS", "true|false", "false") == "true"
HOST = env("HOST", HOST_NAME, "127.0.0.1")
PORT = env("PORT", PORT_NUMBER, "8000")
WEB_CONCURRENCY = env("WEB_CONCURRENCY", r"[1-9]\d{0,2}", str(os.cpu_count()))
PUBLIC_NAME = ALLOWED_HOSTS[0]
PUBLIC_ORIGIN = f"https://{PUBLIC_NAME}" if HTTPS else f"http://{PUBLIC_NAME}:{PORT}"
SECURITY_CONTACT = env("SECURITY_CONTACT", r"(mailto:|https://)\S+|")
DATA_DIR = Path(env("DATA_DIR", ".+", str(BASE_DIR / "var"))).resolve()
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise SystemExit(f"DATA_DIR must be a folder you can write: {error}.") from None

# The application

INSTALLED_APPS = [
    "pages",
    "django.contrib.admin.apps.SimpleAdminConfig",  # its site is pages.admin's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
]
MIDDLEWARE = [
    "clinic_site.middleware.surface",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "clinic_site.middleware.visitors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "clinic_site.urls"
WSGI_APPLICATION = "clinic_site.wsgi.application"  # for runserver too
CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "pages.views.for_templates",
]
DJANGO_TEMPLATES = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [BASE_DIR / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": CONTEXT},
}
TEMPLATES = [DJANGO_TEMPLATES]
TIME_ZONE = "America/Los_Angeles"

# What is kept, and where

PGSQL = env("DATABASE_URL", r"postgres(ql)?://([^@/?#]*@)?(\[.+\]|[^@:/]*)(:\d+)?/.+|")
# So that staff are told of a broken database within 3 seconds; more in wsgi.py.
os.environ.setdefault("PGCONNECT_TIMEOUT", "2")
SQLITE = (DATA_DIR / "clinic.sqlite3").as_uri().replace("file:", "sqlite:/")
# What was saved survives a power cut.
SQLITE += "?timeout=2&transaction_mode=IMMEDIATE&init_command=PRAGMA synchronous=EXTRA"
DATABASES = {"default": Env.db_url_config(PGSQL or SQLITE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env("CACHE_URL", r"rediss?://[^\s/?#]+(/\d+)?|")
FILES = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache"}
FILES["LOCATION"] = DATA_DIR / "cache"
REDIS = {"BACKEND": "django.core.cache.backends.redis.RedisCache"}
# A page does not wait, as it has the last facts it knew.
REDIS["LOCATION"] = CACHE_URL + "?socket_connect_timeout=0.1&socket_timeout=0.1"
# Not pickle: who can write to Redis could run code here.
REDIS["OPTIONS"] = {"serializer": json}
CACHES = {"default": REDIS if CACHE_URL else FILES}

EMAIL_URL = env("EMAIL_URL", r"smtp(\+tls|\+ssl)?://[^:/]+(%40|@)[^/?#]+@[^@:/]+:\d+|")
EMAIL_TIMEOUT = 10
BACKEND = "pages.notices.Mail" if EMAIL_URL else None
EMAIL = Env.email_url_config(EMAIL_URL or "dummymail://", BACKEND)
globals().update(EMAIL, DEFAULT_FROM_EMAIL=EMAIL["EMAIL_HOST_USER"])

WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 0  # of files whose names stay, such as /healthz
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# What has a fixed name; of it /healthz is for load balancers, by any name of the host.
WHITENOISE_ROOT = BASE_DIR / "static" / "root"
WHITENOISE_MIMETYPES = {"healthz": "text/plain"}
STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {"staticfiles": {"BACKEND": STATIC_STORAGE}}

# Who may sign in, and for how long

WEAK = "UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{how}Validator"} for how in WEAK
]
LOGIN_URL = "admin:login"  # where a new password leads
LOGIN_REDIRECT_URL = "admin:index"
OTP_TOTP_ISSUER = PUBLIC_NAME  # what an authenticator app calls the site
# A code that was typed late says nothing of the clock of the phone.
OTP_TOTP_SYNC = False
OTP_STATIC_THROTTLE_FACTOR = 0  # nobody can guess 16 digits, so no code makes one wait
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = PUBLIC_NAME  # or the redirect would fail for a bad Host
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if HTTPS else 0
# No form here sends more than a few words. Of files, clinic_site/wsgi.py reads nothing.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
# HSTS for subdomains and preloading it are for the owner of the whole domain. Our own
# middleware sets X-Frame-Options everywhere.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "security.W002"]

# One line a request, which gunicorn writes; of errors, the traceback too.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "clinic_site.logs.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {},  # it would tell each error twice under DEBUG
        "django.request": {"level": "ERROR"},
        "gunicorn.http": {"level": "ERROR"},  # it warns of each HEAD
        # It would quote hosts and tokens that came from outside; the request's own
        # line has the status.
        "django.security": {"level": "CRITICAL"},
        "gunicorn": {},  # what it writes in its workers has our form too
    },
}
