"""Two colleagues dial the same household in the same moment: one gets it (two connections)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from ledgers.follow_up.leases import take
from ledgers.models import CallLease
from registry.models import Resident, User
from tests.factories import make_resident


@pytest.mark.django_db(transaction=True)
def test_of_two_who_dial_at_once_one_gets_the_household(baiping, cadre_baiping, staff):
    resident = make_resident(baiping)
    together = Barrier(2)

    def dial(user: User) -> str:
        try:
            asked = Resident.objects.get(pk=resident.pk)
            together.wait(timeout=30)
            lease = take(asked, by=user, now=timezone.now())
            return lease.by.username if lease else ""
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        winners = sorted(pool.map(dial, (cadre_baiping, staff)))
    assert winners == ["", CallLease.objects.get().by.username]
