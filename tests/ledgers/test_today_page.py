"""今天要办 on the screen: a cadre's home, its switch, its end of the day, and who has no such page."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from ledgers.models import Contact, SurveyRound, Visit
from registry.accounts import system_user
from registry.models import Phone
from tests.ledgers import make
from tests.ledgers.follow_up import TODAY, household, person
from tests.ledgers.pages import text

pytestmark = pytest.mark.django_db
PAGE = "/today/"


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(settings, "TODAY", TODAY)


@pytest.fixture
def campaign(baiping):
    return make.campaign()


@pytest.fixture
def cadre(client_of, cadre_baiping) -> Client:
    return client_of(cadre_baiping)


def _doors(number: int, place, campaign) -> list:
    homes = [household(place, sequence + 1) for sequence in range(number)]
    for home in homes:
        person(
            place, "overdue", of=campaign, home=home, name=f"村民{home.sequence}", phone=f"1380000{home.sequence:04}"
        )
    make.stand(campaign)
    return homes


def _visit(home, campaign) -> None:
    now = timezone.now()
    Visit.objects.create(
        household=home, campaign=campaign, outcome="visited", at=now, received_at=now, by=system_user(),
        entry=make.entry(),
    )  # fmt: skip


def test_cadre_comes_home_to_the_days_cards(cadre, baiping, campaign):
    _doors(2, baiping, campaign)
    assert cadre.get("/")["Location"] == PAGE
    page = text(cadre.get(PAGE))
    assert '还有 <b class="left">2</b> 户' in page and "第二针已超期 9 天" in page
    assert "去登记" in page and "13800000001" not in page


def test_every_way_of_the_days_cards_is_open_to_the_cadre(cadre, baiping, campaign):
    (home,) = _doors(1, baiping, campaign)
    returned = person(baiping, "unvaccinated", of=campaign)
    decided = make.entry()
    type(decided).objects.filter(pk=decided.pk).update(at="2021-08-13T10:00:00+08:00")
    claim = make.exemption(
        returned, "08-01", campaign=campaign, state="rejected", note="缺医院盖章", decided_entry=decided
    )
    page = text(cadre.get(PAGE))
    for address in (f"/survey/households/{home.pk}/", f"/exemptions/{claim.pk}/"):
        assert f'<a class="button solid" href="{address}">' in page
        assert cadre.get(address).status_code == 200


def test_page_is_for_those_who_go_from_door_to_door(
    client_of, campaign, cadre_huanggu, staff, unit_contact, leader, department_user, nobody, baiping, huanggu
):
    _doors(1, baiping, campaign)
    assert "村民1" not in text(client_of(cadre_huanggu).get(PAGE))
    assert client_of(cadre_huanggu).get(f"{PAGE}?village={baiping.code}").status_code == 404
    for user in (unit_contact, leader, department_user):
        assert client_of(user).get(PAGE).status_code == 403
    assert nobody.get(PAGE).status_code == 302
    assert "白坪村" in text(client_of(staff).get(PAGE))
    assert "村民1" in text(client_of(staff).get(f"{PAGE}?village={baiping.code}"))


def test_done_doors_fold_away_and_the_sixth_card_on_waits_behind_a_tap(cadre, baiping, campaign):
    homes = _doors(9, baiping, campaign)
    _visit(homes[0], campaign)
    page = text(cadre.get(PAGE))
    assert "今天已完成 1 户" in page and "已完成 1 / 9" in page and "再看 2 户" in page


def test_door_called_in_vain_stays_and_says_so(cadre, baiping, campaign):
    homes = _doors(2, baiping, campaign)
    called = {"campaign": campaign, "at": timezone.now(), "by": system_user(), "entry": make.entry()}
    Contact.objects.create(resident=homes[0].members.get(), outcome="no_answer", **called)
    page = text(cadre.get(PAGE))
    assert page.count("今天打过电话：没人接") == 1 and "已完成 0 / 2" in page
    Contact.objects.create(resident=homes[0].members.get(), outcome="refused", **called)
    page = text(cadre.get(PAGE))
    assert "今天打过电话" not in page and "已完成 1 / 2" in page


def test_wrong_number_is_not_offered_again(cadre, baiping, campaign):
    homes = _doors(1, baiping, campaign)
    who = homes[0].members.get()
    Phone.objects.get_or_create(resident=who, number="13900000001", last4="0001")
    assert "打电话" in text(cadre.get(PAGE))
    said = {"campaign": campaign, "at": timezone.now(), "by": system_user(), "entry": make.entry()}
    Contact.objects.create(resident=who, outcome="wrong_number", **said)
    page = text(cadre.get(PAGE)).replace("今天打过电话", "")
    assert ("号码不对" in page, "打电话" in page) == (True, False)


def test_end_of_the_day_shows_tomorrow_and_who_was_never_visited(cadre, baiping, campaign):
    SurveyRound.objects.create(campaign=campaign, number=1, begins_on="2021-08-01", entry=make.entry())
    homes = _doors(20, baiping, campaign)
    for home in homes[:15]:
        _visit(home, campaign)
    page = text(cadre.get(PAGE))
    assert "今天的 15 户都办完了" in page and "看没入过户的 5 户" in page
    assert "看明天的" in page
    assert "明天要办" in text(cadre.get(f"{PAGE}?day=tomorrow"))


def test_nothing_to_do_says_so(cadre, campaign):
    assert "今天没有要去的户" in text(cadre.get(PAGE))


@pytest.mark.parametrize("doors", [1, 3])
def test_page_takes_a_constant_number_of_queries(doors, cadre, baiping, campaign, django_assert_num_queries):
    SurveyRound.objects.create(campaign=campaign, number=1, begins_on="2021-08-01", entry=make.entry())
    _doors(doors, baiping, campaign)
    cadre.get(PAGE)
    with django_assert_num_queries(48):
        cadre.get(PAGE)
