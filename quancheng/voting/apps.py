"""Django's registration of the package."""

from django.apps import AppConfig


class VotingConfig(AppConfig):
    """Registers `quancheng.voting`."""

    name = "quancheng.voting"
    label = "voting"

    def ready(self) -> None:
        """Hand the meetings what votes have to tell."""
        from quancheng.voting import telling  # noqa: PLC0415  # models exist only now

        telling.register()
