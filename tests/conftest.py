"""What all tests share: a folder of their own, and nothing skipped silently where all must run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from tests.machine import everything_required

pytest_plugins = ["tests.cast"]
FOLDER = pytest.StashKey[Path]()
# A busy machine is no failing test, and an example that fails comes again on every run.
hypothesis.settings.register_profile("wuyang", deadline=None, derandomize=True)
hypothesis.settings.load_profile("wuyang")


def pytest_configure(config: pytest.Config) -> None:
    """Point the settings at a temporary folder, before anything has opened a database or a broker."""
    folder = Path(tempfile.mkdtemp(prefix="wuyang-tests-"))
    config.stash[FOLDER] = folder
    settings.TODAY = None
    # A password takes a third of a second to hash on purpose; the tests' accounts guard nothing.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    settings.DATA_DIR = folder
    settings.MEDIA_ROOT = folder / "media"
    settings.STATIC_ROOT = folder / "static"
    settings.STATIC_ROOT.mkdir()
    # Files as they lie in the tree: tests need no collectstatic.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    if settings.ON_SQLITE:
        # A file, as in real use: several threads and a worker's process open it.
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")
    _own_broker(folder)


def _own_broker(folder: Path) -> None:
    """Give each process of pytest-xdist a broker of its own: a folder, or a database number of Redis."""
    if settings.REDIS_URL:
        number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        url = urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{number}"))
        settings.REDIS_URL = settings.CELERY_BROKER_URL = url
        settings.CACHES["default"]["LOCATION"] = url
        return
    broker = folder / "broker"
    for name in ("queue", "control", "processed"):
        (broker / name).mkdir(parents=True)
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = settings.CELERY_BROKER_TRANSPORT_OPTIONS | {
        "data_folder_in": str(broker / "queue"),
        "data_folder_out": str(broker / "queue"),
        "control_folder": str(broker / "control"),
        "processed_folder": str(broker / "processed"),
    }


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Drop the test database although a killed worker's session may outlive it by a moment (PostgreSQL)."""
    yield
    if not settings.ON_SQLITE:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def pytest_report_header(config: pytest.Config) -> str:
    database = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    return f"database: {database}; broker: {'Redis' if settings.REDIS_URL else 'files'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the other run of `make test` what is about the other database, or need not be said twice."""
    foreign = "postgres" if settings.ON_SQLITE else "sqlite"
    left_out = [item for item in items if item.get_closest_marker(foreign)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker(foreign)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Where everything is required (CI), a skipped test is a failed one."""
    report = yield
    if report.skipped and everything_required() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _no_files_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the media folder after each test, so that no test finds another's uploads."""
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
