"""The demo site's only app."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Pages made of Python's own documentation, and how to read and search them."""

    name = "testproject.library"
    label = "library"
    verbose_name = "Library"
    default_auto_field = "django.db.models.BigAutoField"
