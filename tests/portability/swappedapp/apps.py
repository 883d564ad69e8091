from django.apps import AppConfig


class SwappedAppConfig(AppConfig):
    name = "tests.portability.swappedapp"
    label = "swappedapp"
    default_auto_field = "django.db.models.BigAutoField"
