"""A school's contact at work in Chromium: somebody joins, consent is noted, 清零 is refused and then declared."""

import pytest

from ledgers.models import Zeroing
from registry.models import Membership, Role
from tests.browser.looks import fits
from tests.factories import make_user
from tests.ledgers import make
from tests.sheets import identity_number


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = make.day("08-16")


@pytest.fixture
def teacher(baiping):
    campaign = make.campaign()
    school = make.unit("乌杨初级中学", "教育")
    done = make.resident(baiping, "1980-03-02", name="冉老师")
    make.member(school, done)
    make.dose(done, "08-01", campaign=campaign)
    make.stand(campaign)
    return make_user("luofang", Role.UNIT, unit=school, name="罗芳")


@pytest.mark.parametrize("screen", ["phone", "pc"])
def test_contact_adds_a_student_and_declares(request, teacher, login, screen):
    page = login(request.getfixturevalue(screen), teacher)
    page.goto("/own-units/")
    page.get_by_role("link", name="添加人员").click()
    page.get_by_label("姓名").fill("谭欣怡")
    page.get_by_label("证件号码").fill(identity_number("20070310"))
    page.get_by_label("人员类别").select_option(label="学生")
    page.get_by_label("班级").fill("八年级2班")
    assert fits(page)
    page.get_by_role("button", name="添加到名单").click()
    page.get_by_text("谭欣怡已加入乌杨初级中学").wait_for()
    assert page.get_by_text("先请监护人签知情同意书").is_visible()
    assert fits(page)
    page.get_by_role("link", name="改谭欣怡的类别").click()
    page.get_by_label("知情同意").select_option(label="已签")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已更正谭欣怡").wait_for()
    page.get_by_role("link", name="按班级看").click()
    assert page.get_by_role("row").filter(has_text="八年级2班").get_by_text("0 / 1").count() == 2
    assert fits(page)

    page.goto("/zeroing/")
    assert page.get_by_role("link", name="谭欣怡").is_visible()
    assert page.get_by_role("button", name="申报清零").count() == 0
    Membership.objects.filter(resident__name="谭欣怡").update(left_on=make.day("08-16"))
    page.reload()
    page.get_by_role("button", name="申报清零").click()
    page.get_by_text("已申报乌杨初级中学清零").wait_for()
    assert fits(page)
    assert Zeroing.objects.get().state == "declared"
