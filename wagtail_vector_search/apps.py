from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WagtailVectorSearchConfig(AppConfig):
    name = "wagtail_vector_search"
    label = "wagtail_vector_search"
    verbose_name = _("Vector search")
    default_auto_field = "django.db.models.BigAutoField"
