"""The site that is measured."""

from django.apps import AppConfig


class BenchmarkSiteConfig(AppConfig):
    """One page type, to be filled with documents."""

    name = "benchmarks.site"
    label = "benchmarks_site"
    default_auto_field = "django.db.models.BigAutoField"
