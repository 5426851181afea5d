"""What leaves the office: an export that waits to be let go, a standing release, a token nobody holds."""

from __future__ import annotations

from campaigns.models import Campaign
from registry.clock import today
from registry.models import Place, User
from reports.api.tokens import make_token
from reports.demo.street import BY_NAME
from reports.exports.ledger_files import order_export
from reports.exports.order import PURPOSES, Terms
from reports.exports.release import Standing, give_standing_release
from reports.lists.asked import Asked
from reports.lists.people import Question


def write_exports(campaign: Campaign, accounts: dict[str, User]) -> None:
    """Let the staff ask for a village's list in full, and the leader let another kind go by itself."""
    asked = Asked(ledger="unvaccinated", on=today(), village=BY_NAME["白坪村"].code)
    terms = Terms(PURPOSES[0], recipient="县疾控中心", note="核对未接种人员", is_full=True)
    order_export(Question(asked, campaign, accounts["zhuanban"]), terms=terms, by=accounts["zhuanban"])
    street = Place.objects.get(pk=campaign.place_id)
    what = Standing(campaign, street, "incomplete", days=14)
    give_standing_release(what, terms=Terms(PURPOSES[3], recipient="乌杨卫生院", is_full=True), by=accounts["lingdao"])


def write_token(accounts: dict[str, User]) -> None:
    """Make a token whose secret is thrown away: the page shows it, and it opens nothing."""
    street = Place.objects.get(pk=BY_NAME["白坪村"].code[:9] + "000")
    make_token(name="县疾控中心日报系统（演示）", place=street, days=180, by=accounts["zhuanban"])
