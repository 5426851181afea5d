"""上门接种 on the clinic's home and in its menu."""

import pytest
from django.conf import settings

from tests.ledgers import make
from tests.ledgers.follow_up import TODAY, person, said
from tests.ledgers.pages import text

pytestmark = pytest.mark.django_db
ADDRESS = 'href="/follow-up/home-visits/"'
CARD = "行动不便，需上门"


@pytest.fixture
def told(baiping, monkeypatch):
    """Somebody who cannot walk to the clinic, and somebody who can."""
    monkeypatch.setattr(settings, "TODAY", TODAY)
    campaign = make.campaign()
    said(person(baiping, "overdue", of=campaign), "8", of=campaign)
    person(baiping, "overdue", of=campaign)
    make.stand(campaign)


def test_clinics_home_says_how_many_and_leads_to_the_list(told, client_of, clinic_user):
    page = text(client_of(clinic_user).get("/"))
    assert f"{CARD} 1 人" in page and ADDRESS in page


def test_clinics_menu_leads_to_the_list_while_it_is_empty(client_of, clinic_user):
    page = text(client_of(clinic_user).get("/"))
    assert ADDRESS in page and CARD not in page


def test_others_homes_do_not_speak_of_the_clinics_round(told, client_of, staff, cadre_baiping):
    for user, home in ((staff, "/"), (cadre_baiping, "/today/")):
        page = text(client_of(user).get(home))
        assert ADDRESS not in page and CARD not in page
