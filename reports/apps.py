from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "进度"

    def ready(self) -> None:
        from campaigns.signals import plan_changed
        from ledgers.signals import facts_changed
        from reports import plan_effects, refresh  # noqa: F401 (registers what a change of the plan does to figures)
        from reports.briefing import issuing  # noqa: F401 (registers the job that makes each day's report)
        from reports.exports import ledger_files, make  # noqa: F401 (the job that writes exports, and their kinds)
        from reports.returned import checklists, matching  # noqa: F401 (the kinds of sheets given back)

        facts_changed.connect(refresh.on_facts_changed, dispatch_uid="reports.facts")
        plan_changed.connect(refresh.on_plan_changed, dispatch_uid="reports.plan")
