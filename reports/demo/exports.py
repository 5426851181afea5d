"""An export with full numbers that waits to be let go, and a standing release, so that 导出放行 shows something."""

from __future__ import annotations

from campaigns.models import Campaign
from registry.clock import today
from registry.models import Place, User
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
