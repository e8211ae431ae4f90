"""Django's registration of the package."""

from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    """Registers `quancheng.suggestions`."""

    name = "quancheng.suggestions"
    label = "suggestions"

    def ready(self) -> None:
        """Tell the engine of handling who the authors are, and hand the check of stored words to the ledger."""
        from quancheng.suggestions import tasks  # noqa: PLC0415  # models exist only now

        tasks.register()
