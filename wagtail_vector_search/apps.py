"""Wiring: checks and signal handlers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WagtailVectorSearchConfig(AppConfig):
    """Connects the package to the project when Django starts."""

    name = "wagtail_vector_search"
    label = "wagtail_vector_search"
    verbose_name = _("Vector search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks and connect the signal handlers."""
        from .checks import register_checks
        from .object_handlers import register_object_handlers
        from .page_type_checks import register_page_type_checks
        from .signal_handlers import register_signal_handlers

        register_checks()
        register_page_type_checks()
        register_signal_handlers()
        register_object_handlers()
