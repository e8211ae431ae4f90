"""Django's registration of the package."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Registers `quancheng.meetings`."""

    name = "quancheng.meetings"
    label = "meetings"

    def ready(self) -> None:
        """Hand the check of signed words to the ledger."""
        from quancheng.meetings import tasks  # noqa: PLC0415  # models exist only now

        tasks.register()
