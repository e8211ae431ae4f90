"""Django's registration of the package."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """Registers `quancheng.contact`."""

    name = "quancheng.contact"
    label = "contact"

    def ready(self) -> None:
        """Hand the check of stored words to the ledger."""
        from quancheng.contact import tasks  # noqa: PLC0415  # models exist only now

        tasks.register()
