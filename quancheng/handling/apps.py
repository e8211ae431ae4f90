"""Django's registration of the package."""

from django.apps import AppConfig


class HandlingConfig(AppConfig):
    """Registers `quancheng.handling`, its own procedure and its check of the ledger."""

    name = "quancheng.handling"
    label = "handling"

    def ready(self) -> None:
        """Enter the procedure of unit reports, and hand the ledger the check of answers."""
        from quancheng.handling import procedure, tasks  # noqa: PLC0415, F401  # models are loaded only now

        tasks.register()
