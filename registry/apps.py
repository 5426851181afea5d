from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "名册"

    def ready(self) -> None:
        """Connect the trail to logins, and let each floor's `home.py` register its cards and badges."""
        autodiscover_modules("signals", "home")
        post_migrate.connect(_keep_past, sender=self, dispatch_uid="registry.versions")


def _keep_past(**_: Any) -> None:
    from registry.models import Membership, PastMembership, PastResident, Resident
    from registry.models.past import VERSIONED, VERSIONED_MEMBERSHIP
    from registry.versions import keep_past

    keep_past(Resident, PastResident, VERSIONED)
    keep_past(Membership, PastMembership, VERSIONED_MEMBERSHIP)
