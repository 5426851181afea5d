"""What a rehearsal says of coverage and phases is what the pages then show."""

import pytest

from campaigns.models import Campaign, Target
from campaigns.plan_edit.changing import asked_of, begin_applying, begin_rehearsal, propose
from campaigns.plan_parts import plan_of
from campaigns.rehearsal import Asked
from registry.models import Resident
from reports.figures import phases_at
from reports.plan_effects import _coverages, _judged_items
from tests.ledgers import make
from tests.ledgers.test_plan_rehearsal import CHANGES, people_of_all_kinds, quietly

TODAY = make.day("08-16")
OTHERS = {
    "a phase for older people": ("phase", "adults-first", {"from_age": 60}),
    "a phase of second doses": ("phase", "adults-first", {"dose_number": 2}),
    "a phase up to date": ("phase", "adults-first", {"measure": "up_to_date", "dose_number": None}),
    "a phase of a tag": ("phase", "adults-first", {"cohort": "tag", "tag": "党员", "from_age": None}),
    "a phase ended": ("phase", "adults-first", {"deadline_on": "2021-08-10"}),
    "full courses judged": ("campaign", "wuyang-2021", {"judged_by": "full"}),
    "no key trades": ("campaign", "wuyang-2021", {"key_trades": []}),
    "party members too": ("campaign", "wuyang-2021", {"key_tags": ["党员"]}),
}


@pytest.fixture
def campaign(street, baiping, huanggu, settings) -> Campaign:
    settings.TODAY = TODAY
    campaign = make.campaign()
    people_of_all_kinds(campaign, baiping, huanggu, number=60)
    for place, base in ((baiping, 40), (huanggu, 35)):
        Target.objects.create(campaign=campaign, place=place, census_base=base)
    hospital = make.unit("卫生院", "医疗卫生")
    for number, who in enumerate(Resident.objects.order_by("pk")):
        if number % 4 == 0:
            make.member(hospital, who)
        if number % 5 == 0:
            make.tag(who, "党员")
    return campaign


def as_it_is_now() -> Asked:
    campaign = Campaign.objects.select_related("place").get()
    plan = plan_of(campaign)
    return Asked(campaign, plan, plan, "campaign", campaign.key, TODAY)


@pytest.mark.parametrize("name", [*CHANGES, *OTHERS])
def test_coverage_and_phases_come_out_as_foretold(name, campaign, staff):
    part, key, new = (CHANGES | OTHERS)[name]
    change = propose(campaign, part=part, key=key, new=new, reason="试", by=staff)
    asked = asked_of(change, TODAY)
    _, coverage = _coverages(asked, quietly)
    phases = _judged_items(asked, quietly, is_after=True)
    begin_applying(change, by=staff)
    now = as_it_is_now()
    assert _coverages(now, quietly)[0] == coverage
    shown = {line.item.key: line.progress for line in phases_at(now.campaign, TODAY)}
    assert {key: line.progress for key, line in phases.items()} == {key: shown[key] for key in phases}


def test_a_rehearsal_names_the_figures_that_change(campaign, staff):
    change = propose(campaign, part="campaign", key=campaign.key, new={"goal_rate": "1.0"}, reason="试", by=staff)
    begin_rehearsal(change, by=staff)
    [goal, phases] = change.effect["sections"]
    # 75 of the census: 0.908 of them are 68.1, hence 69 persons.
    assert goal["lines"][0] == {"name": "目标任务数", "before": "69", "after": "75"}
    assert [line["name"] for line in phases["lines"]] == ["总体任务"]
    assert change.effect["moved"] == 0


def test_another_vaccine_table_tells_how_the_phases_move(campaign, staff):
    part, key, new = CHANGES["a product to the single dose"]
    change = propose(campaign, part=part, key=key, new=new, reason="试", by=staff)
    begin_rehearsal(change, by=staff)
    [phases] = [section for section in change.effect["sections"] if section["title"] == "阶段任务"]
    assert phases["lines"]
    assert all(line["before"] != line["after"] for line in phases["lines"])


def test_what_changes_no_figure_says_so(campaign, staff):
    change = propose(campaign, part="product", key="bibp", new={"aliases": ["北生"]}, reason="试", by=staff)
    begin_rehearsal(change, by=staff)
    assert change.effect == {"on": "2021-08-16", "moved": 0, "sections": []}
