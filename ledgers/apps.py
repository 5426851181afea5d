from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "ledgers"
    verbose_name = "台账"

    def ready(self) -> None:
        # Registers what workers do with rosters.
        from ledgers.rosters import actions  # noqa: F401
