"""督办单 and a village's measures in the demonstration, all invented."""

from __future__ import annotations

from datetime import timedelta

from campaigns.measures.actions import write_measure
from campaigns.models import Campaign, Nudge
from campaigns.nudges import actions
from campaigns.nudges.rules import first_sentence
from registry.models import Place, Unit, User
from reports.demo.street import BY_NAME, DEMO_DAY
from reports.nudges.situations import About, Situations

DAY = timedelta(days=1)
Subject = Nudge.Subject


def write_nudges(campaign: Campaign, accounts: dict[str, User]) -> None:
    """One late, one answered, one returned, one to a unit, one struck off: invented words over the day's figures."""
    phase = campaign.phase_items.get(key="adults-first")
    situations = Situations(campaign, DEMO_DAY, [phase])

    def send(of: Place | Unit, subject: str, words: str, sent: int, due: int, by: str) -> Nudge:
        """`sent` and `due` are days from today."""
        asked = About(of, subject, phase if subject == Subject.PHASE else None)
        now = situations.of(asked)
        on = DEMO_DAY + sent * DAY
        text = f"{first_sentence(of.name, now, on)}{words}"
        return actions.send(
            of, campaign, subject=subject, phase=asked.phase, text=text, due_on=DEMO_DAY + due * DAY, situation=now,
            on=on, by=accounts[by],
        )  # fmt: skip

    villages = {name: Place.objects.get(pk=BY_NAME[name].code) for name in ("白坪村", "黄谷村", "杨峰村", "兴合村")}
    send(villages["白坪村"], Subject.PHASE, "先走没入过户的组，把愿意打的约到周末。", -4, -1, "lianduan")
    overdue = send(villages["黄谷村"], Subject.OVERDUE, "逐人打电话，三天内都约好日子。", -3, 0, "zhuanban")
    actions.answer(
        overdue, text="已逐人联系，多数约在18日、19日，其余在外地，回来再打。", on=DEMO_DAY, by=accounts["huanggu"]
    )
    survey = send(villages["杨峰村"], Subject.SURVEY, "还没入过户的组这周走完。", -5, -2, "zhuanban")
    actions.answer(survey, text="已安排。", on=DEMO_DAY - 2 * DAY, by=accounts["zhuanban"])
    actions.give_back(
        survey,
        text="写明走了哪几组、还剩哪几组。",
        due_on=DEMO_DAY + 2 * DAY,
        on=DEMO_DAY - DAY,
        by=accounts["lingdao"],
    )
    done = send(villages["兴合村"], Subject.QUESTIONS, "待核实的两天内核完。", -7, -5, "zhuanban")
    actions.answer(done, text="都核实了。", on=DEMO_DAY - 4 * DAY, by=accounts["zhuanban"])
    actions.close(done, on=DEMO_DAY - 3 * DAY, by=accounts["zhuanban"])
    works = Unit.objects.get(name="乌杨水厂")
    send(works, Subject.ZEROING, "没打的逐人说清原因，有禁忌的交诊断证明。", -1, 3, "lingdao")


def write_measures(campaign: Campaign, accounts: dict[str, User]) -> None:
    """Two measures of 白坪村, one of them put into other words since."""
    village = Place.objects.get(pk=BY_NAME["白坪村"].code)
    by = accounts["baiping"]
    said = {"responsible": "秦素芳", "start_on": DEMO_DAY - 6 * DAY, "due_on": DEMO_DAY + 6 * DAY}
    first = write_measure(campaign, village, text="逢场天在村口设接种宣传点，当场登记预约。", **said, by=by)
    write_measure(
        campaign, village, text="逢场天在村口设点登记预约，包车每天两趟送到卫生院。", **said, follows=first, by=by
    )
    said |= {"responsible": "向荣华", "due_on": DEMO_DAY + 14 * DAY}
    write_measure(campaign, village, text="外出务工的逐户打视频电话，要回在外接种的凭证照片。", **said, by=by)
