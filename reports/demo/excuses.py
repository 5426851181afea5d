"""Invented exemptions and claims, reasons of the unvaccinated, and word of mouth (rules 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from reports.demo.people import Person
from reports.demo.street import DEMO_DAY, VILLAGES

_DIAGNOSES = {
    "disease": (
        "癫痫（发作未控制）",
        "恶性肿瘤治疗期",
        "慢性肾功能衰竭透析中",
        "急性脑梗死恢复期",
        "严重心功能不全",
        "系统性红斑狼疮活动期",
    ),
    "allergy": ("既往接种疫苗过敏性休克", "疫苗成分过敏", "重度过敏体质"),
    "pregnancy": ("妊娠中期", "妊娠晚期", "早孕"),
    "other": ("情况说明待补充",),
}
# Certificates of these count (level two), of the last one they do not.
_HOSPITALS = ("忠县人民医院", "忠县中医医院")
_TOWN_CLINIC = "乌杨卫生院"
# Reason codes of rules 3 and how frequent they are; "" stands for nothing noted yet.
_REASONS = (
    ("7", 190), ("9", 126), ("8", 45), ("", 257), ("41", 52), ("42", 49), ("43", 14), ("44", 11), ("49", 12),
    ("51", 44), ("52", 22), ("6", 24), ("61", 13), ("1", 18), ("2", 11), ("3", 12), ("10", 6),
)  # fmt: skip
_NOTES = {"10": "本人要求再等一等", "3": "血压偏高，医生建议暂缓", "42": "有高血压，担心", "51": "在广东务工"}


@dataclass(slots=True)
class Exemption:
    kind: str
    ground: str
    diagnosis: str
    institution: str
    start_on: date
    end_on: date | None
    state: str
    note: str = ""


@dataclass(slots=True)
class Statement:
    month: date
    given_on: date | None
    number: int


class Excuses:
    def __init__(self, rng: Random, people: list[Person], scale: float):
        self._rng, self._people, self._scale = rng, people, scale

    def exempt(self) -> None:
        """Before doses are given: those who cannot be vaccinated, per village as its figures say."""
        for village in VILLAGES:
            able = [p for p in self._people if p.village == village.code and p.is_permanent and p.age() >= 14]
            # The old and young women first, in the order of need.
            able.sort(key=lambda p: -(self._rng.random() ** (1 / self._need(p))))
            wanted = max(1, round(village.exempt * self._scale))
            for person in able[:wanted]:
                person.exemption = self._exemption(person)
            for person in able[wanted : wanted + max(1, round(village.exempt * 0.1 * self._scale))]:
                person.exemption = self._claim(person)

    def _need(self, person: Person) -> float:
        if person.membership or person.tags:
            return 0.2
        return 3.0 if person.age() >= 70 else 2.0 if person.sex == "F" and 21 <= person.age() <= 38 else 1.0

    def _exemption(self, person: Person) -> Exemption:
        ground = self._ground(person)
        lasting = ground != "pregnancy" and self._rng.random() < 0.6
        start_on = DEMO_DAY - timedelta(days=self._rng.randint(5, 110))
        end_on = None if lasting else self._end()
        kind = "contraindication" if lasting else "deferral"
        hospital = self._rng.choice(_HOSPITALS)
        return Exemption(kind, ground, self._rng.choice(_DIAGNOSES[ground]), hospital, start_on, end_on, "approved")

    def _ground(self, person: Person) -> str:
        if person.sex == "F" and 21 <= person.age() <= 38 and self._rng.random() < 0.75:
            return "pregnancy"
        return "disease" if self._rng.random() < 0.72 else "allergy"

    def _end(self) -> date:
        """A deferral's last day: one in four ends within ten days."""
        if self._rng.random() < 0.25:
            return DEMO_DAY + timedelta(days=self._rng.randint(0, 10))
        return DEMO_DAY + timedelta(days=self._rng.randint(11, 140))

    def _claim(self, person: Person) -> Exemption:
        """A claim that waits, or was sent back because its certificate is of the town's clinic."""
        made = self._exemption(person)
        made.start_on = DEMO_DAY - timedelta(days=self._rng.randint(1, 20))
        made.state = "claimed" if self._rng.random() < 0.75 else "rejected"
        if made.state == "rejected":
            made.institution, made.note = _TOWN_CLINIC, "需二级及以上医疗机构出具的诊断证明"
        elif self._rng.random() < 0.4:
            made.institution = ""
        return made

    def explain(self) -> None:
        """After doses are given: why the others have none, and what they say of themselves."""
        codes, weights = [code for code, _ in _REASONS], [weight for _, weight in _REASONS]
        deferred = [p for p in self._people if len(p.doses) == 1 and p.is_permanent and p.age() >= 18]
        for person in self._rng.sample(deferred, min(len(deferred), max(1, round(40 * self._scale)))):
            # Became ill or pregnant after the first dose: 暂缓中 instead of overdue.
            person.exemption = self._exemption(person)
        for person in self._people:
            if person.doses or person.status != "active" or person.age() < 12:
                continue
            if person.exemption is not None and person.exemption.state == "approved":
                continue
            self._give_reason(person, "9" if person.age() < 18 else self._rng.choices(codes, weights)[0])

    def _give_reason(self, person: Person, code: str) -> None:
        if person.residency == "away":
            code = self._rng.choice(("51", "51", "52", ""))
        if not code:
            return
        promised = DEMO_DAY + timedelta(days=self._rng.randint(1, 14)) if code in ("7", "3") else None
        person.reason = (code, _NOTES.get(code, ""), promised)
        if code == "52" and self._rng.random() < 0.35:
            month = date(2021, self._rng.randint(4, 8), 1)
            day = min(month + timedelta(days=self._rng.randrange(28)), DEMO_DAY)
            person.statement = Statement(month, day if self._rng.random() < 0.4 else None, 1)
