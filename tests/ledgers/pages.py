"""Rosters sent in through the pages, and the jobs behind them done at once."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ledgers.models import RosterImport
from registry import jobs
from registry.models import Job
from tests.sheets import csv_text, identity_number

HEADINGS = ["姓名", "身份证号", "村（社区）", "联系电话"]
RAN, TAN, QIN = (identity_number(birth) for birth in ("19540302", "19800101", "19730615"))
# Two good rows, and one whose number has lost its last digits.
RESIDENTS = csv_text(
    HEADINGS,
    ["冉启华", RAN, "白坪村", "13800001111"],
    ["谭秀英", TAN, "某某村", ""],
    ["秦桂英", "5.12223E+17", "白坪村", ""],
).encode()


def send(client: Client, data: bytes = RESIDENTS, name: str = "白坪村摸底.csv", **options: str) -> HttpResponse:
    return client.post("/rosters/", {"files": SimpleUploadedFile(name, data), **options})


def work() -> None:
    """Do all jobs that wait, in this process."""
    for job_id in jobs.due():
        jobs.run_now(Job.objects.get(pk=job_id))


def previewed(client: Client, data: bytes = RESIDENTS, **options: str) -> RosterImport:
    send(client, data, **options)
    work()
    return RosterImport.objects.latest("pk")


def imported(client: Client, data: bytes = RESIDENTS, **options: str) -> RosterImport:
    roster = previewed(client, data, **options)
    client.post(f"/rosters/{roster.pk}/approve/")
    work()
    roster.refresh_from_db()
    return roster


def text(response: HttpResponse) -> str:
    return response.content.decode()
