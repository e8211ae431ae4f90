"""Django's registration of the package."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Registers `quancheng.projects`."""

    name = "quancheng.projects"
    label = "projects"

    def ready(self) -> None:
        """Hand the check of stored words to the ledger."""
        from quancheng.projects import tasks  # noqa: PLC0415  # models exist only now

        tasks.register()
