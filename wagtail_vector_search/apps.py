"""Wiring: checks and signal handlers."""

from typing import Any

from django.apps import AppConfig
from django.core.signals import request_started
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
        request_started.connect(warm_up, dispatch_uid="wagtail_vector_search.warm_up")


def warm_up(**kwargs: Any) -> None:
    """Have the models of all indexes looked up and loaded in the background, at the first request of a process."""
    request_started.disconnect(dispatch_uid="wagtail_vector_search.warm_up")
    from .providers.registry import begin_loading

    begin_loading()
