from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "名册"

    def ready(self) -> None:
        """Connect the trail to logins, and let each floor's `home.py` register its cards and badges."""
        autodiscover_modules("signals", "home")
