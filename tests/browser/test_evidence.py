"""A diagnosis certificate photographed on the phone and decided beside the picture on the PC, in Chromium."""

import io
import re

import pytest
from PIL import Image

from campaigns.models import Campaign
from ledgers.evidence.keeping import made_fit
from ledgers.exemptions import claim
from ledgers.models import Evidence, Exemption
from tests.browser.looks import fits
from tests.ledgers import make, photos


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = make.day("08-16")


@pytest.fixture
def ran(baiping):
    make.campaign()
    return make.resident(baiping, "1954-03-02", name="冉启华")


def taken(name, size=(3000, 2000), colour="beige"):
    return {"name": name, "mimeType": "image/jpeg", "buffer": photos.photo(size=size, colour=colour)}


def exif_of(piece):
    with piece.file.open() as kept:
        return dict(Image.open(io.BytesIO(kept.read())).getexif())


def test_photo_from_the_phone_is_decided_beside_it_on_the_pc(request, ran, cadre_baiping, staff, phone, pc, login):
    login(phone, cadre_baiping).goto(f"/people/{ran.pk}/exemptions/new/")
    assert fits(phone)
    phone.get_by_label("诊断日期").fill("2021-08-10")
    phone.get_by_label("诊断机构").select_option(label="忠县人民医院")
    cameras = phone.locator("[data-row] input")
    assert cameras.first.get_attribute("capture") == "environment"
    assert phone.locator("[data-row]:visible").count() == 1
    cameras.first.set_input_files(taken("IMG_1.jpg"))
    phone.locator("[data-taken] img").wait_for()
    assert phone.locator("[data-row]:visible").count() == 2
    # Made smaller on the phone, before anything is sent.
    side = phone.evaluate(
        "createImageBitmap(document.querySelector('[data-row] input').files[0]).then((one) => one.width)"
    )
    assert side == 2000
    phone.get_by_role("button", name="提交审核").click()
    phone.get_by_text("材料 1 份").wait_for()
    assert fits(phone)

    login(pc, staff).goto("/claims/")
    pc.get_by_role("link", name="看佐证再审核").click()
    picture = pc.get_by_alt_text("佐证材料第 1 份，点开看原大")
    picture.wait_for()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 2000
    button = pc.get_by_role("button", name="审核通过")
    assert button.bounding_box()["x"] > picture.bounding_box()["x"] + picture.bounding_box()["width"]
    assert fits(pc)
    pc.get_by_label("退回原因").fill("看不清公章，重拍一张")
    pc.get_by_role("button", name="退回补材料").click()
    pc.get_by_text("已退回，申请人会看到原因").wait_for()

    phone.goto("/exemptions/")
    phone.get_by_text("看不清公章").click()
    phone.locator("[data-row] input").first.set_input_files(taken("IMG_2.jpg", colour="white"))
    phone.get_by_role("button", name="补好了，再送审").click()
    phone.get_by_text("已送审").wait_for()

    login(phone, staff).goto(f"/claims/{Exemption.objects.get().pk}/")
    assert fits(phone)
    picture = phone.get_by_alt_text("佐证材料第 1 份，点开看原大")
    picture.scroll_into_view_if_needed()
    button = phone.get_by_role("button", name="审核通过")
    assert button.bounding_box()["y"] > picture.bounding_box()["y"]
    button.click()
    phone.get_by_text("已审核通过").wait_for()
    assert Exemption.objects.get().state == "approved"
    assert [exif_of(piece) for piece in Evidence.objects.all()] == [{}, {}]


def test_last_day_is_asked_for_with_a_deferral_alone_and_before_the_photos_are_sent(ran, cadre_baiping, phone, login):
    login(phone, cadre_baiping).goto(f"/people/{ran.pk}/exemptions/new/")
    phone.get_by_label("诊断日期").fill("2021-08-10")
    phone.get_by_label("类型").select_option(label="禁忌")
    last_day = phone.get_by_label("缓种至")
    assert last_day.is_hidden()
    phone.get_by_label("类型").select_option(label="缓种")
    phone.locator("[data-row] input").first.set_input_files(taken("IMG_1.jpg"))
    phone.locator("[data-taken] img").wait_for()
    phone.get_by_role("button", name="提交审核").click()
    assert last_day.evaluate("(input) => input.validity.valueMissing")
    assert phone.locator("[data-taken] img").count() == 1
    last_day.fill("2021-10-10")
    phone.get_by_role("button", name="提交审核").click()
    phone.get_by_text("材料 1 份").wait_for()


def test_withdrawing_is_asked_once_more_and_can_be_taken_back(ran, cadre_baiping, phone, login):
    values = {"kind": "contraindication", "reason": "disease", "start_on": make.day("08-10")}
    made = claim(ran, Campaign.objects.get(is_default=True), by=cadre_baiping, **values)
    login(phone, cadre_baiping).goto(f"/exemptions/{made.pk}/")
    phone.get_by_role("button", name="撤回").click()
    phone.get_by_text("撤回这份申请？").wait_for()
    assert fits(phone) and Exemption.objects.get().state == "claimed"
    phone.get_by_role("dialog").get_by_role("button", name="撤回").click()
    phone.get_by_text("已撤回").first.wait_for()
    phone.goto(f"/exemptions/{made.pk}/")
    phone.get_by_role("button", name="再送审").click()
    phone.get_by_text("已送审").wait_for()
    assert Exemption.objects.get().state == "claimed"


def test_docket_with_five_photos_is_one_sheet(ran, staff, pc, login):
    colours = ("red", "green", "blue", "white", "black")
    evidence = made_fit(photos.upload(photos.photo(size=(900, 1200), colour=colour)) for colour in colours)
    values = {"kind": "contraindication", "reason": "disease", "start_on": make.day("08-10"), "evidence": evidence}
    made = claim(
        ran, Campaign.objects.get(is_default=True), by=staff, diagnosis="冠心病、高血压三级，近期住院" * 8, **values
    )
    login(pc, staff).goto(f"/exemptions/{made.pk}/docket/", wait_until="networkidle")
    paper = pc.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
