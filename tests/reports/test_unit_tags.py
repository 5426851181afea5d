"""党员和村组干部带头: counts by tag, of the street or of one's own units, and no name."""

import pytest

from registry.models import Unit
from reports.dashboard.frame import read_frame
from reports.dashboard.tags import TagRow, tag_rows
from tests.ledgers import make
from tests.ledgers.pages import text

ON = make.day("08-16")


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = ON


@pytest.fixture
def frame(street, baiping, economy_office):
    """Two party members, one with a dose and a member of a unit of the economy office; one cadre outside of it."""
    campaign = make.campaign()
    leading, waiting = (make.resident(baiping, name=name) for name in ("冉启华", "谭秀英"))
    cadre = make.resident(baiping, name="秦大山")
    for who, tag in ((leading, "党员"), (leading, "出国"), (waiting, "党员"), (cadre, "村组干部")):
        make.tag(who, tag)
    unit = make.unit("乌杨建材厂")
    Unit.objects.filter(pk=unit.pk).update(department=economy_office)
    make.member(unit, leading)
    make.dose(leading, "08-01", campaign=campaign)
    make.stand(campaign)
    return read_frame(campaign, {}, ON)


def test_street_sees_every_tag_with_the_leading_ones_first(frame, staff):
    assert tag_rows(staff, frame) == [
        TagRow("党员", 2, 1, 0, 1), TagRow("村组干部", 1, 0, 0, 1), TagRow("出国", 1, 1, 0, 0),
    ]  # fmt: skip


def test_department_sees_the_members_of_its_units(frame, department_user):
    assert tag_rows(department_user, frame) == [TagRow("党员", 1, 1, 0, 0), TagRow("出国", 1, 1, 0, 0)]


def test_contact_of_another_unit_sees_none(frame, unit_contact):
    assert tag_rows(unit_contact, frame) == []


def test_page_names_nobody(frame, staff, client_of):
    page = text(client_of(staff).get("/units/"))
    assert "党员、村组干部带头" in page
    assert "冉启华" not in page
