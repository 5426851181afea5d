"""Rows that the database of campaigns takes, and rows that it refuses."""

import pytest
from django.db import IntegrityError, transaction

from campaigns.models import AgeBand, Campaign, Institution, PhaseItem, PhaseItemChange, Platform, Product, Target
from registry.accounts import system_user
from tests.ledgers import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def covid():
    return make.campaign()


def refused(name, act):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    # SQLite names the columns of a unique constraint instead of the constraint.
    assert name in str(error.value) or "UNIQUE" in str(error.value)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("campaign_ends_after_it_starts", {"end_on": "2021-06-30"}),
        ("campaign_goal_rate_is_a_share", {"goal_rate": "0"}),
        ("campaign_goal_rate_is_a_share", {"goal_rate": "1.1"}),
        ("campaign_dropout_limit_is_a_share", {"dropout_limit": "0"}),
    ],
)
def test_a_campaign_with_impossible_figures_is_refused(covid, name, values):
    refused(name, lambda: Campaign.objects.filter(pk=covid.pk).update(**values))


def test_a_campaign_of_one_day_and_a_goal_of_all_is_taken(covid):
    assert Campaign.objects.filter(pk=covid.pk).update(end_on="2021-07-01", goal_rate="1", dropout_limit="1") == 1


def test_a_second_default_campaign_is_refused(covid):
    make.campaign("influenza-60")
    refused("campaign_one_default", lambda: Campaign.objects.update(is_default=True))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("phase_window_not_empty", {"deadline_on": "2021-07-15"}),
        ("phase_dose_number_with_measure_dose", {"dose_number": None}),
        ("phase_dose_number_with_measure_dose", {"measure": "up_to_date"}),
        ("phase_coverage_has_the_goal_as_cohort", {"cohort": "goal"}),
        ("phase_tag_named", {"cohort": "tag"}),
        ("phase_goal_rate_is_a_share", {"goal_rate": "0"}),
        ("phase_item_once", {"key": "overall"}),
    ],
)
def test_a_phase_item_that_means_nothing_is_refused(covid, name, values):
    refused(name, lambda: PhaseItem.objects.filter(key="adults-first").update(**values))


def test_a_phase_item_of_one_day_is_taken(covid):
    assert PhaseItem.objects.filter(key="adults-first").update(deadline_on="2021-07-16") == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("phase_change_changes_something", {"new": "2021-08-31"}),
        ("phase_change_says_why", {"reason": ""}),
        ("phase_change_of_a_date", {"field": "tag"}),
    ],
)
def test_a_change_of_dates_says_what_and_why(covid, name, values):
    item = PhaseItem.objects.get(key="adults-first")
    change = {"item": item, "field": "deadline_on", "old": "2021-08-31", "new": "2021-09-05", "reason": "县里来函"}
    change["by"] = system_user()
    PhaseItemChange.objects.create(**change)

    refused(name, lambda: PhaseItemChange.objects.create(**change | values))


def test_an_age_band_is_not_empty_and_bears_its_key_once(covid):
    refused("age_band_not_empty", lambda: AgeBand.objects.filter(key="12-14").update(to_age=11))
    refused("age_band_once", lambda: AgeBand.objects.create(campaign=covid, key="12-14", from_age=12))


def test_a_place_has_one_target_per_campaign(covid):
    village = make.village("500233003201", "高寨村", base=100, of=covid)
    Target.objects.create(campaign=make.campaign("influenza-60"), place=village)
    refused("target_once_per_place", lambda: Target.objects.create(campaign=covid, place=village))


def test_an_institution_has_a_level_of_1_to_3_or_none(covid):
    Institution.objects.create(campaign=covid, name="某诊所", level=None)
    refused("institution_level_1_to_3", lambda: Institution.objects.create(campaign=covid, name="某院", level=4))
    refused("institution_once", lambda: Institution.objects.create(campaign=covid, name="某诊所"))


def test_a_campaign_has_one_row_for_unknown_products_and_no_series_of_nothing(covid):
    refused("platform_one_unknown", lambda: Platform.objects.filter(key="adenovirus").update(is_unknown=True))
    refused("platform_has_a_dose", lambda: Platform.objects.filter(key="adenovirus").update(doses=0))
    refused("platform_once", lambda: Platform.objects.filter(key="adenovirus").update(key="inactivated"))


def test_a_product_is_once_in_its_platform(covid):
    platform = Platform.objects.get(key="adenovirus")
    refused("product_once", lambda: Product.objects.create(platform=platform, key="cansino", name="康希诺"))
