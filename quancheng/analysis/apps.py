"""Django's registration of the package."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Registers `quancheng.analysis`."""

    name = "quancheng.analysis"
    label = "analysis"
