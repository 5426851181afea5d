"""A street whose reports are issued at moments that tests choose: each cut-off is the moment it is made."""

from datetime import date

from campaigns.models import Target
from registry.accounts import system_user
from registry.jobs import run_now
from registry.versions import cut_off
from reports.briefing.issuing import order_issue
from reports.briefing.table import Report, read_report
from reports.models import Issue
from tests.ledgers import make
from tests.reports import lists_cast

FIRST, SECOND = make.day("08-16"), make.day("08-17")


def town(baiping, huanggu) -> lists_cast.Street:
    """The nine people of lists_cast: in 常住口径 five of eight have a first dose, two both; bases of 10 and 5."""
    made = lists_cast.street(baiping, huanggu)
    Target.objects.create(campaign=made.campaign, place=baiping, census_base=10)
    Target.objects.create(campaign=made.campaign, place=huanggu, census_base=5)
    return made


def issue(campaign, on: date) -> Issue:
    """Make the day's report as a worker does."""
    run_now(order_issue(campaign, on=on, cut_off_at=cut_off(), by=system_user()))
    return Issue.objects.get(campaign=campaign, on=on, correction=0)


def report_of(issue: Issue) -> Report:
    return read_report(issue.figures)


def line(report: Report, name: str):
    return next(one for one in (*report.lines, report.total) if one.name == name)
