"""Django's registration of the package."""

from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    """Registers `quancheng.petitions`."""

    name = "quancheng.petitions"
    label = "petitions"

    def ready(self) -> None:
        """Tell the engine of handling what a petition needs, and hand the check of stored words to the ledger."""
        from quancheng.petitions import tasks  # noqa: PLC0415  # models exist only now

        tasks.register()
