"""Setting the demonstration up in steps that a second start finds done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from campaigns.actions import load_plan
from campaigns.plan_files import DEFAULT_PLAN, plan_path, read_plan
from ledgers import standings
from registry import audit, jobs
from registry.accounts import system_user
from registry.clock import today
from registry.models import Job
from reports.demo import write
from reports.demo.accounts import make_accounts
from reports.demo.briefings import write_reports
from reports.demo.calls import write_calls
from reports.demo.days import write_days
from reports.demo.doors import write_answers
from reports.demo.evidence import write_claims, write_consents, write_zeroings
from reports.demo.handovers import write_handovers
from reports.demo.lists import write_lists
from reports.demo.outward import write_exports, write_token
from reports.demo.plans import write_draft_campaign
from reports.demo.pressure import write_measures, write_nudges
from reports.demo.rosters import Desk
from reports.demo.rounds import make_grids, write_rounds
from reports.demo.story import Story, tell
from reports.demo.write import is_demonstration
from reports.digest.make import make_digests

__all__ = ["count_figures", "invent", "is_demonstration"]

Say = Callable[[str], None]


def invent(size: int, seed: int, *, say: Say) -> None:
    """Make the street and write it, all or nothing; the same seed and size give the same street."""
    say(f"虚构一个约 {size:,} 人的街道（随机种子 {seed}；姓名、证件号码、电话、单位全部虚构）。")
    with _step("编造人员、单位和接种经过", say):
        story = tell(seed, size)
    with transaction.atomic():
        _write(story, seed, say)
    with connection.cursor() as cursor:
        # So many rows at once: let the database look at them before it plans its first query.
        cursor.execute("ANALYZE")


def _write(story: Story, seed: int, say: Say) -> None:
    plan = read_plan(plan_path(DEFAULT_PLAN).read_text(encoding="utf-8"))
    campaign, _ = load_plan(plan, by=system_user())
    with _step(f"写入 {len(story.people):,} 人、{len(story.units)} 个单位", say):
        write.write_places(story, campaign)
        write.write_units(story)
        make_grids()
        accounts = make_accounts()
        keys = write.write_people(story)
    with _step("写入接种记录、禁忌缓种和未种原因", say):
        count = write.write_doses(story, keys, campaign, accounts)
        write.write_excuses(story, keys, campaign, accounts)
    with _step("写入两轮入户排查", say):
        write_rounds(campaign, accounts, seed)
    with _step(f"推算 {count:,} 针次后每个人的台账位置", say):
        standings.rebuild(campaign, keys)
    with _step("登记今天上午走过的几户", say):
        write_answers(campaign, accounts, seed)
    with _step("写入同意书、带照片的缓种申请和清零申报", say):
        write_consents()
        write_claims(campaign, accounts)
        write_zeroings(campaign, accounts)
    with _step("写入催种的联系记录", say):
        write_calls(campaign, accounts)
    with _step("生成前两天的日报", say):
        write_reports(campaign, accounts["zhuanban"])
    with _step("按真实流程导入几份花名册（含待核实、待归类和退回行）", say):
        Desk(story, campaign, accounts, seed).fill()
        write_handovers(campaign, accounts)
        write_lists(campaign, accounts, story.numbers)
    with _step("下发几张督办单", say):
        write_nudges(campaign, accounts)
        write_measures(campaign, accounts)
    write_draft_campaign(campaign, accounts["zhuanban"])
    write_exports(campaign, accounts)
    write_token(accounts)
    with _step("签收前两天的台账，再补录几针", say):
        write_days(campaign, accounts)
    audit.record("demo.invent", by=system_user(), detail={"people": len(story.people), "doses": count})


def count_figures(*, say: Say) -> None:
    """Do the jobs that wait, as a worker would, so that the first page opens at once."""
    with _step("统计进度总览要用的各日数据", say):
        # Counting gives way to what waits behind it and asks for itself again.
        while job := Job.objects.filter(state=Job.State.WAITING).order_by("created_at").first():
            jobs.run_now(job)
    with _step("算出每个账号的一日一报", say):
        make_digests(today(), timezone.now())


@contextmanager
def _step(what: str, say: Say) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"  {what}：{time.monotonic() - began:.1f} 秒")
