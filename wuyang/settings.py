"""Settings, all from the environment (`interfaces.md`): one file for try-out and production.

Without any variable set this is the try-out: a SQLite file under var/, jobs over a broker of
plain files, no server to install.
"""

from datetime import date, timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="try-out-only-never-for-real-rosters")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(DATA_DIR / "media"))).resolve()
BROKER_DIR = DATA_DIR / "broker"
for folder in (DATA_DIR, MEDIA_ROOT, BROKER_DIR / "queue", BROKER_DIR / "control", BROKER_DIR / "processed"):
    folder.mkdir(parents=True, exist_ok=True)


def _business_day() -> date | None:
    """TODAY fixes the business day for demonstrations and tests; unset means the real day."""
    text = env("TODAY", default="")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ImproperlyConfigured(f"TODAY must be an ISO date such as 2021-08-16, not {text!r}.") from error


TODAY = _business_day()
# Set by `manage.py demo`: every page says that the people on it are invented.
DEMO = env.bool("DEMO", default=False)

INSTALLED_APPS = [
    "registry.apps.RegistryConfig",
    "campaigns.apps.CampaignsConfig",
    "ledgers.apps.LedgersConfig",
    "reports.apps.ReportsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "import_export",
    "django_htmx",
    "axes",
]

# How many proxies of ours stand in front: only so many entries of X-Forwarded-For are believed.
PROXIES = env.int("PROXIES", default=0)
MIDDLEWARE = [
    "wuyang.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "wuyang.middleware.CompressPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "wuyang.middleware.HtmxLoginMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wuyang.middleware.SafeHeadersMiddleware",
    "wuyang.middleware.BusyDatabaseMiddleware",
    "wuyang.middleware.SessionLimitsMiddleware",
    "wuyang.middleware.ScreenSessionMiddleware",
    "wuyang.middleware.InitialPasswordMiddleware",
    "wuyang.campaigns.ChosenCampaignMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "wuyang.urls"
WSGI_APPLICATION = "wuyang.wsgi.application"
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
                "wuyang.frame.frame",
            ],
        },
    }
]

# Database: SQLite in WAL mode for the try-out; PostgreSQL through DATABASE_URL.
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'wuyang.sqlite3'}")}
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if ON_SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # The grouped counts of reports have many small expressions: compiling them costs more than it saves.
    # With the memory PostgreSQL grants unasked they sort a million people on disk instead of hashing them.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off -c work_mem=32MB")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Jobs: the row in the database is the truth, the broker only wakes a worker.
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        # A page must not wait for a broker that is down: the job's row waits, the page goes on.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
    }
    if REDIS_URL
    else {
        # Both folders are the same: whoever writes a message is also who reads it.
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "store_processed": True,
        "polling_interval": 0.1,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "pick up waiting jobs": {"task": "registry.tasks.sweep_jobs", "schedule": timedelta(minutes=1)},
    "end what is no longer 清零": {"task": "ledgers.tasks.check_zeroings", "schedule": crontab(hour=0, minute=20)},
    "look through the people": {"task": "ledgers.tasks.look_through_people", "schedule": crontab(hour=0, minute=10)},
    "look for what is too good": {"task": "ledgers.tasks.look_for_doubts", "schedule": crontab(hour=0, minute=5)},
    "end exports": {"task": "reports.tasks.end_old_exports", "schedule": timedelta(hours=1)},
    "one digest a day": {"task": "reports.tasks.make_day_digests", "schedule": crontab(hour="18-20", minute="0,30")},
    "look for alerts": {"task": "reports.tasks.look_for_alerts", "schedule": crontab(hour="7,12,17", minute=30)},
    "make the day's reports": {"task": "reports.tasks.issue_due_reports", "schedule": timedelta(minutes=1)},
    "recompute figures each night": {"task": "reports.tasks.recompute_nightly", "schedule": crontab(hour=0, minute=40)},
}

AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "registry.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
# Never the address alone: a whole village office shares one.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registry/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# Twelve hours at most, whatever is done; less without a request (reliability S11).
SESSION_COOKIE_AGE = 12 * 3600
# How long a session may be quiet: in the field, and at the PCs of those who see or arrange the whole street.
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_MINUTES", default=30) * 60
SESSION_IDLE_SECONDS_OF_ROLE = dict.fromkeys(
    ("staff", "auditor", "sysadmin"), env.int("SESSION_IDLE_MINUTES_OFFICE", default=15) * 60
)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "wuyang.bundles.BundleFinder",
]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600

# Limits of a roster file; each has a message of its own when passed (interfaces.md, Rosters).
ROSTER_MAX_BYTES = env.int("ROSTER_MAX_BYTES", default=50 * 1024 * 1024)
ROSTER_MAX_UNPACKED_BYTES = env.int("ROSTER_MAX_UNPACKED_BYTES", default=200 * 1024 * 1024)
ROSTER_MAX_ROWS = env.int("ROSTER_MAX_ROWS", default=50_000 if ON_SQLITE else 200_000)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="WARNING")},
    # A page that is not there or not allowed is an answer, not a fault.
    "loggers": {"django.request": {"level": "ERROR"}},
}
