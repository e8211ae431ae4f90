"""Settings. Everything a city may change comes from the environment; see docs/run.md."""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("QUANCHENG_DATA", BASE_DIR / "var"))
DATA.mkdir(parents=True, exist_ok=True)


def _secret(name: str) -> str:
    """Return the secret kept in DATA/name, made at first use and readable by this user alone."""
    path = DATA / name
    if not path.exists():
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text()


def _database(url: str) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "quancheng.sqlite",
            "NAME": DATA / "quancheng.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;",
            },
            "TEST": {"NAME": None},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise RuntimeError("DATABASE_URL 须为 postgres://用户@主机:端口/库名")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": False,
    }


SECRET_KEY = os.environ.get("QUANCHENG_SECRET_KEY") or _secret("secret.key")
IDENTITY_KEY = os.environ.get("QUANCHENG_IDENTITY_KEY") or _secret("identity.key")  # S01: who spoke, sealed apart
DEBUG = os.environ.get("QUANCHENG_DEBUG") == "1"
DEMO = os.environ.get("QUANCHENG_DEMO") == "1"
ALLOWED_HOSTS = os.environ.get("QUANCHENG_HOSTS", "127.0.0.1,localhost,testserver").split(",")
PUBLIC_URL = os.environ.get("QUANCHENG_URL", "http://127.0.0.1:8000")
HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "quancheng.ledger",
    "quancheng.people",
    "quancheng.procedures",
    "quancheng.texts",
    "quancheng.consultations",
    "quancheng.publications",
    "quancheng.handling",
    "quancheng.suggestions",
    "quancheng.contact",
    "quancheng.petitions",
    "quancheng.meetings",
    "quancheng.voting",
    "quancheng.projects",
    "quancheng.legislation",
    "quancheng.analysis",
    "quancheng.web",
]
MIDDLEWARE = [
    "quancheng.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "quancheng.web.middleware.Sessions",
    "django.middleware.csrf.CsrfViewMiddleware",
    "quancheng.web.middleware.Permission",
]
ROOT_URLCONF = "quancheng.urls"
WSGI_APPLICATION = "quancheng.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "quancheng" / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "quancheng.web.parts.environment"},
    }
]
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False
AUTH_USER_MODEL = "people.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "quancheng.web.errors.csrf_failed"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("QUANCHENG_BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "quancheng" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "quancheng" / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DATA / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

# Networks from which votes of the hall are taken, CIDR with commas; none = no device vote at all (R5.17, E5).
HALL_NETWORKS = os.environ.get("QUANCHENG_HALL_NETWORKS", "127.0.0.0/8,::1/128" if DEMO else "")

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}}
PAGE_CACHE_SECONDS = float(os.environ.get("QUANCHENG_PAGE_CACHE", "3"))

LEDGER_ORIGIN = os.environ.get("QUANCHENG_LEDGER_ORIGIN", "quancheng.example/ledger")
LEDGER_KEY_FILE = DATA / "ledger.key"

SMS_COMMAND = os.environ.get("QUANCHENG_SMS_COMMAND", "")  # a program that sends one message; empty = kept in the outbox
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
