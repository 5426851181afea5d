"""Lists that grow are paged, every row within reach: one paginator, one look."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import PlanChange
from ledgers.models import Doubt
from reports.models import Alert, ApiToken, Export
from tests.ledgers import make

pytestmark = pytest.mark.django_db
DAY = make.day("08-16")
NUMBER = 51


@pytest.fixture
def covid(settings):
    settings.TODAY = DAY
    return make.campaign()


def _doubts(covid, baiping, staff):
    Doubt.objects.bulk_create(
        Doubt(
            campaign=covid, village=baiping, rule="no_refusal", on=DAY - timedelta(days=number),
            figures={"households": 20}, limit=f"{7000 + number} 户", found_at=timezone.now(),
        )
        for number in reversed(range(NUMBER))
    )  # fmt: skip
    return "7050 户", "7000 户"


def _exports(covid, baiping, staff):
    for number in range(NUMBER):
        Export.objects.create(
            number=f"T{number:03}", campaign=covid, place=baiping, by=staff, layout="unvaccinated", purpose="核对"
        )
    return "T000", "T050"


def _releases(covid, baiping, staff):
    _exports(covid, baiping, staff)
    Export.objects.update(release="lapsed", is_full=True, recipient="县专班")
    return "T000", "T050"


def _tokens(covid, baiping, staff):
    for number in range(NUMBER):
        ApiToken.objects.create(
            name=f"系统{number:03}", place=baiping, hash=f"{number}", start="abcd", made_by=staff,
            expires_at=timezone.now() + timedelta(days=30),
        )  # fmt: skip
    return "系统000", "系统050"


def _changes(covid, baiping, staff):
    for number in range(NUMBER):
        PlanChange.objects.create(
            campaign=covid, part="campaign", key="", old={"name": "甲"}, new={"name": "乙"}, reason=f"会议{number:03}",
            by=staff, state="dropped",
        )  # fmt: skip
    return "会议000", "会议050"


@pytest.mark.parametrize(
    ("fill", "name", "parameter"),
    [
        (_doubts, "doubts", "open"), (_exports, "exports", "page"), (_releases, "export_releases", "page"),
        (_tokens, "tokens", "page"), (_changes, "plan_changes", "page"),
    ],
)  # fmt: skip
def test_the_fifty_first_row_is_on_the_second_page(covid, baiping, staff, client_of, fill, name, parameter):
    oldest, newest = fill(covid, baiping, staff)
    client = client_of(staff)
    first, second = (client.get(reverse(name), {parameter: page}).content.decode() for page in (1, 2))
    assert (newest in first, oldest in first, newest in second, oldest in second) == (True, False, False, True)
    assert f"{parameter}=2" in first


def test_places_with_alerts_are_paged(covid, staff, client_of):
    for number in range(21):
        village = make.village(f"5002330032{number + 10}", f"第{number + 10}村")
        Alert.objects.create(
            campaign=covid, rule="dropout", place=village, raised_on=DAY, raised_at=timezone.now(),
            figures={"lost": 1, "base": 20},
        )  # fmt: skip
    pages = [client_of(staff).get(reverse("alerts"), {"open": page}).context["places"] for page in (1, 2)]
    assert [len(page) for page in pages] == [20, 1]
