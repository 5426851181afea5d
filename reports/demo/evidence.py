"""Photos of invented certificates, consent at schools, and 清零 declared, valid and lapsed."""

from __future__ import annotations

import io
from collections import Counter
from datetime import datetime, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from campaigns.models import Campaign, Institution
from ledgers import exemptions
from ledgers.evidence.keeping import made_fit
from ledgers.models import Exemption, Zeroing
from ledgers.units.missing import missing_members, missing_of_village
from ledgers.units.zeroing import declare, lapse, verify
from registry.models import Consent, Membership, MembershipKind, Place, Unit, User
from reports.demo.street import DEMO_DAY

_PAPER, _INK, _STAMP = (248, 244, 232), (60, 66, 80), (196, 40, 32)
# Of ten students: seven guardians have signed, two not yet, the rest as the remainder says.
_CONSENTS = {7: Consent.UNSIGNED, 8: Consent.UNSIGNED, 9: ""}


def write_consents() -> None:
    """Give every student what the guardian said; one in forty does not agree."""
    students = Membership.objects.filter(kind=MembershipKind.STUDENT)
    students.update(consent=Consent.SIGNED)
    counted = students.annotate(tenth=F("pk") % 10, fortieth=F("pk") % 40)
    for tenth, consent in _CONSENTS.items():
        counted.filter(tenth=tenth).update(consent=consent)
    counted.filter(fortieth=5).update(consent=Consent.REFUSED)


def write_claims(campaign: Campaign, accounts: dict[str, User]) -> None:
    """Two claims of a village with a photo each: one that waits, one sent back for a stamp nobody can read."""
    village = Place.objects.get(pk=accounts["baiping"].grants.get().place_id)
    hospital = Institution.objects.filter(campaign=campaign, level__gte=2).order_by("pk").first()
    people = missing_of_village(village, campaign, DEMO_DAY).exclude(exemptions__campaign=campaign)
    for number, resident in enumerate(people[:2]):
        evidence = made_fit([SimpleUploadedFile("certificate.jpg", certificate(blurred=number == 1))])
        made = exemptions.claim(
            resident,
            campaign,
            kind=Exemption.Kind.DEFERRAL,
            reason=Exemption.Ground.DISEASE,
            start_on=DEMO_DAY - timedelta(days=3 + number),
            end_on=DEMO_DAY + timedelta(days=60),
            institution=hospital,
            diagnosis="急性支气管炎（虚构）",
            evidence=evidence,
            by=accounts["baiping"],
        )
        if number == 1:
            exemptions.reject(made, note="看不清公章，重拍一张", by=accounts["weisheng"])


def write_zeroings(campaign: Campaign, accounts: dict[str, User]) -> None:
    """Of units without anybody missing one is verified and one waits; a third's no longer holds."""
    staff = accounts["zhuanban"]
    missing = _missing_by_unit(campaign)
    units = Unit.objects.filter(memberships__left_on__isnull=True, memberships__isnull=False).distinct()
    for number, unit in enumerate(units.exclude(pk__in=missing).order_by("pk")[:2]):
        made = declare(unit, campaign, on=DEMO_DAY, by=staff)
        if number == 0:
            verify(made, on=DEMO_DAY, by=staff)
    if missing:
        _declare_a_week_ago(min(missing, key=missing.__getitem__), campaign, staff)
    lapse(campaign, DEMO_DAY)


def _missing_by_unit(campaign: Campaign) -> Counter[int]:
    found = missing_members(Unit.objects.values_list("pk", flat=True), campaign, DEMO_DAY)
    return Counter(found.values_list("membership__unit_id", flat=True))


def _declare_a_week_ago(unit: int, campaign: Campaign, staff: User) -> None:
    """As if nobody had been missing then; whoever is now came since."""
    at = timezone.make_aware(datetime.combine(DEMO_DAY - timedelta(days=7), time(9, 30)))
    Zeroing.objects.create(
        campaign=campaign,
        unit_id=unit,
        state=Zeroing.State.VALID,
        declared_by=staff,
        declared_at=at,
        decided_by=staff,
        decided_at=at + timedelta(days=1),
    )


def certificate(*, blurred: bool = False) -> bytes:
    """Draw a sheet with lines instead of writing and a round stamp, marked as a sample."""
    sheet = Image.new("RGB", (1200, 1600), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((60, 60, 1140, 1540), outline=_INK, width=4)
    draw.text((600, 180), "SAMPLE - INVENTED", fill=_INK, font=ImageFont.load_default(72), anchor="mm")
    for line in range(12):
        draw.rectangle((140, 320 + line * 78, 1060 - (line * 137) % 340, 340 + line * 78), fill=_INK)
    draw.ellipse((720, 1180, 1020, 1480), outline=_STAMP, width=14)
    draw.regular_polygon((870, 1330, 70), 5, fill=_STAMP)
    if blurred:
        sheet = sheet.resize((60, 80)).resize((1200, 1600))
    written = io.BytesIO()
    sheet.save(written, "JPEG", quality=85)
    return written.getvalue()
