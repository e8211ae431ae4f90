"""Django's registration of the package."""

from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    """Registers `quancheng.consultations`."""

    name = "quancheng.consultations"
    label = "consultations"

    def ready(self) -> None:
        """Hand the check of stored words to the ledger."""
        from quancheng.consultations import tasks  # noqa: PLC0415  # models exist only now

        tasks.register()
