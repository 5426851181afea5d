"""Bulk writing gives the same rows by COPY and by executemany: the suite runs on both databases."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from registry import bulk
from registry.models import Tag

pytestmark = pytest.mark.django_db(transaction=True)

AWKWARD = ["甲\t乙", "back\\slash", "two\nlines", "return\rhere", "\\N", "''; drop table", "𠮷", ""]


def test_insert_keeps_awkward_text_nulls_days_and_truth_values():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bulk_probe (id bigint, word text, day date, yes bool)")
    try:
        probe = type("Probe", (), {"_meta": type("Meta", (), {"db_table": "bulk_probe"})})
        rows = [(number, word, date(2021, 7, 16), True) for number, word in enumerate(AWKWARD)]
        bulk.insert(probe, ("id", "word", "day", "yes"), [*rows, (99, None, None, False)])
        with connection.cursor() as cursor:
            cursor.execute("SELECT word, day, yes FROM bulk_probe ORDER BY id")
            found = cursor.fetchall()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bulk_probe")
    assert [row[0] for row in found] == [*AWKWARD, None]
    assert [str(row[1]) for row in found] == ["2021-07-16"] * 8 + ["None"]
    assert [bool(row[2]) for row in found] == [True] * 8 + [False]


def test_reserved_keys_are_free_before_and_after_use():
    with transaction.atomic():
        first = bulk.reserve_ids(Tag, 3)
        bulk.insert(Tag, ("id", "name"), [(key, f"标签{key}") for key in first])
    with transaction.atomic():
        second = bulk.reserve_ids(Tag, 2)
        bulk.insert(Tag, ("id", "name"), [(key, f"标签{key}") for key in second])
    later = Tag.objects.create(name="页面上新建的")
    assert len({*first, *second, later.pk}) == 6


def test_insert_works_while_queries_are_recorded(settings):
    settings.DEBUG = True
    with CaptureQueriesContext(connection):
        bulk.insert(Tag, ("name",), [("党员",), ("出国",)])
    assert set(Tag.objects.values_list("name", flat=True)) == {"党员", "出国"}


def test_reserving_none_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(bulk.reserve_ids(Tag, 0)) == []


def test_update_sets_the_named_rows_only():
    one, two, three = (Tag.objects.create(name=name) for name in ("一", "二", "三"))
    with transaction.atomic():
        bulk.update(Tag, ("id", "name"), [(one.pk, "壹"), (three.pk, "叁")])
    assert list(Tag.objects.order_by("pk").values_list("name", flat=True)) == ["壹", two.name, "叁"]


def test_insert_obeys_the_constraints():
    Tag.objects.create(name="党员")
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Tag, ("name",), [("党员",)])


@pytest.mark.parametrize("count", [0, 1, 40_000])
def test_among_takes_any_number_of_values(count, django_assert_num_queries):
    tag = Tag.objects.create(name="出国")
    values = [f"词{number}" for number in range(count)]
    with django_assert_num_queries(2):
        assert list(Tag.objects.filter(name__among=[*values, "出国"])) == [tag]
        assert not Tag.objects.filter(pk__among=[]).exists()
