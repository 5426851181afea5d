"""进度总览 of a leader of some villages: phases and trend of their sum, by the rules of the whole."""

import html
import re

import pytest

from campaigns.models import Target
from registry.models import Role, RoleGrant
from reports.dashboard.access import reach_of
from reports.dashboard.frame import read_frame
from reports.dashboard.pages import dashboard_page, own_villages_page
from reports.figures import phases_at
from reports.storing import store
from tests.ledgers import make
from tests.reports.lists_cast import fill, fix_today, person, stand, street

DAY = make.day("08-16")


@pytest.fixture
def town(baiping, huanggu, zhuhe, waterworks):
    """Two villages of the leader, a third one that is not; a member of a key unit who is 非本辖区."""
    fix_today()
    town = street(baiping, huanggu)
    for village, base in ((baiping, 40), (huanggu, 5), (zhuhe, 7)):
        Target.objects.create(campaign=town.campaign, place=village, census_base=base)
    who = fill(town)
    for resident in (person(zhuhe, "田家英"), person(zhuhe, "冉小平")):
        make.dose(resident, "08-01", campaign=town.campaign)
    waterworks.trade = town.campaign.key_trades.first()
    waterworks.save()
    for resident in (who["refuses"], who["waiting"], person(huanggu, "外人", status="outside")):
        make.member(waterworks, resident)
    stand(town)
    return town


@pytest.fixture
def linked(town, leader):
    RoleGrant.objects.filter(user=leader).delete()
    for village in (town.baiping, town.huanggu):
        RoleGrant.objects.create(user=leader, role=Role.LEADER, place=village)
    return leader


def page_for(user, town, **asked):
    frame = read_frame(town.campaign, asked, DAY)
    return own_villages_page(user, frame, reach_of(user, town.campaign))


def test_phases_are_judged_from_the_sums_of_the_villages(town, linked):
    rows = {row.item.key: row for row in page_for(linked, town).phases.rows}
    parts = [phases_at(town.campaign, DAY, village.pk) for village in (town.baiping, town.huanggu)]
    for lines in zip(*parts, strict=True):
        row, names = rows[lines[0].item.key], ("done", "baseline", "week_ago", "later", "winnable", "undosed")
        assert [getattr(row.now.counts, name) for name in names] == [
            sum(getattr(line.counts, name) for line in lines) for name in names
        ]
        if not row.is_overall:
            assert row.progress.cohort == sum(line.progress.cohort for line in lines)
    # ⌈0.908 × 45⌉ of the sum, not 37 + 5 of the villages; two are completed and three incomplete.
    assert (rows["overall"].progress.cohort, rows["overall"].progress.done) == (41, 5)
    assert rows["overall"].progress.remaining == 36


def test_trend_adds_the_villages_up(town, linked):
    for on in ("07-01", "08-09"):
        store(town.campaign, make.day(on))
    points = {point.on: (point.first_dose, point.full) for point in page_for(linked, town).trend.points}
    assert points[make.day("07-01")] == (4, 2)
    assert points[make.day("08-09")] == (4, 2)
    assert points[DAY] == (5, 2)


def test_a_day_with_a_stale_village_is_no_point(town, linked):
    from reports.models import Figure

    day = make.day("08-09")
    store(town.campaign, day)
    Figure.objects.filter(on=day, key=town.baiping.pk).update(is_stale=True)
    assert day not in {point.on for point in page_for(linked, town).trend.points}


def test_all_villages_are_the_whole_but_for_those_of_none(town, linked, zhuhe, staff):
    RoleGrant.objects.create(user=linked, role=Role.LEADER, place=zhuhe)
    frame = read_frame(town.campaign, {}, DAY)
    whole = {row.item.key: row.progress for row in dashboard_page(staff, frame).phases.rows}
    own = {row.item.key: row.progress for row in page_for(linked, town).phases.rows}
    # 非本辖区 are in no village; all others are.
    whole.pop("key-groups"), own.pop("key-groups")
    assert own == whole


def test_the_lists_hold_as_many_as_the_figures_say(town, linked, client_of):
    client = client_of(linked)
    page = page_for(linked, town)
    seen = 0
    for row in page.phases.rows:
        for url, number in ((row.done_url, row.progress.done), (row.left_url, row.progress.remaining)):
            if url and row.item.start_on <= DAY:
                address = re.sub(r"^(/[^?]*?)/?\?", r"\1/totals/?", html.unescape(url))
                told = re.sub(r"<[^>]*>", " ", client.get(address).content.decode())
                assert f"共 {number:,} 人" in told, (row.item.key, address, number, told)
                seen += 1
    assert seen > 5


def test_the_page_of_an_item_sums_the_villages_up(town, linked, client_of):
    rows = {row.item.key: row for row in page_for(linked, town).phases.rows}
    for key in ("overall", "adults-first"):
        page = client_of(linked).get(f"/progress/phases/{key}/").context["page"]
        assert (page.whole.progress, page.whole.now.counts) == (rows[key].progress, rows[key].now.counts)
        # 37 + 5, each rounded up by itself, beside the 41 of the sum.
        assert page.rounding == (42 if key == "overall" else None)
    RoleGrant.objects.filter(user=linked, place=town.huanggu).delete()
    response = client_of(linked).get("/progress/phases/overall/")
    assert response.context["page"].whole is None


def test_the_page_shows_both_and_nobody_is_asked_to_log_in(town, linked, client_of, nobody):
    page = client_of(linked).get("/progress/").content.decode()
    assert "阶段进度" in page and "接种趋势" in page and "预计完成日" in page
    assert nobody.get("/progress/").status_code == 302
