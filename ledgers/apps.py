from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgersConfig(AppConfig):
    name = "ledgers"
    verbose_name = "台账"

    def ready(self) -> None:
        # Registers what opens a person's page, and what workers do with rosters.
        from campaigns.signals import campaign_reopened
        from ledgers import person_access  # noqa: F401
        from ledgers.handovers import looking
        from ledgers.plan_changes import following, sections  # noqa: F401
        from ledgers.rosters import actions  # noqa: F401
        from ledgers.signals import facts_changed
        from ledgers.units import lapsing

        campaign_reopened.connect(following.on_campaign_reopened, dispatch_uid="ledgers.reopened")
        facts_changed.connect(looking.on_facts_changed, dispatch_uid="ledgers.handovers")
        facts_changed.connect(lapsing.on_facts_changed, dispatch_uid="ledgers.zeroing")
        post_migrate.connect(_keep_past, sender=self, dispatch_uid="ledgers.versions")


def _keep_past(**_: Any) -> None:
    from ledgers.models import (
        Excuse,
        Exemption,
        PastExcuse,
        PastExemption,
        PastReason,
        PastStanding,
        PastStatement,
        Reason,
        Standing,
        Statement,
    )
    from ledgers.models.past import VERSIONED_EXEMPTION, VERSIONED_REASON, VERSIONED_STATEMENT
    from registry.versions import keep_past

    keep_past(Standing, PastStanding)
    keep_past(Excuse, PastExcuse)
    keep_past(Reason, PastReason, VERSIONED_REASON)
    keep_past(Statement, PastStatement, VERSIONED_STATEMENT)
    keep_past(Exemption, PastExemption, VERSIONED_EXEMPTION)
