"""Django's registration of the package."""

from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    """Registers `quancheng.procedures`."""

    name = "quancheng.procedures"
    label = "procedures"
