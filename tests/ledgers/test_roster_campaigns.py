"""A roster with doses of several campaigns: each belongs to the one whose platforms list its product."""

import pytest

from tests.ledgers import make
from tests.ledgers.importing import ANNA, BERT, LONG, bring, campaign, codes, counts, doses

__all__ = ["campaign"]


@pytest.fixture
def flu(campaign, settings):
    settings.TODAY = make.day("2021-11-20")
    return make.campaign("influenza-60")


def test_a_day_before_the_first_use_of_the_products_own_campaign_is_an_error(campaign, flu):
    early, right = ["安娜", ANNA, 1, "2021-07-31", "华兰生物"], ["白贝", BERT, 1, "2021-08-01", "华兰生物"]
    decided = bring(campaign, LONG, early, right)
    assert codes(decided) == [(2, "date_too_early")]


def test_another_campaigns_first_use_does_not_refuse_a_dose(campaign, flu):
    decided = bring(flu, LONG, ["安娜", ANNA, 1, "2021-06-01", "北京生物"])
    assert counts(decided) == {"rows": 1, "created": 1, "unassigned": 1, "doses_created": 1}


def test_numbers_of_an_unknown_product_and_of_another_campaign_never_contradict(campaign, flu):
    decided = bring(campaign, LONG, ["安娜", ANNA, 2, "2021-09-20", ""], ["安娜", ANNA, 1, "2021-10-20", "华兰生物"])
    assert [code for _, code in codes(decided)] == ["dose_missing", "product_unknown"]
    assert doses(ANNA) == [("09-20", 2, "", "live"), ("10-20", 1, "influenza-quadrivalent", "live")]
