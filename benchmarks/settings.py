"""Settings of the benchmarks: one page type, this package, and no cache that would hide the work.

``DATABASE_URL`` names the server to use, on which the benchmarks create databases of their own; unset, an embedded
PostgreSQL is started. ``BENCH_DATABASE``, ``BENCH_PROVIDER``, ``BENCH_MODEL`` and ``BENCH_WITHOUT_PACKAGE`` are set by
the benchmarks themselves, also for the processes that they start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

SECRET_KEY = "benchmarks"  # noqa: S105
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
ROOT_URLCONF = "benchmarks.urls"
WAGTAIL_SITE_NAME = "Benchmarks"
WAGTAILADMIN_BASE_URL = "http://localhost"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

WITHOUT_PACKAGE = env.bool("BENCH_WITHOUT_PACKAGE", default=False)

INSTALLED_APPS = [
    "benchmarks.site",
    *([] if WITHOUT_PACKAGE else ["wagtail_vector_search"]),
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]


def _database() -> dict[str, Any]:
    url = env.str("DATABASE_URL", default="")
    if not url:
        from testproject.embedded_postgres import database_url

        url = database_url(BASE_DIR / ".data" / "postgres", "postgres")
    config: dict[str, Any] = env.db_url_config(url)
    return {**config, "NAME": env.str("BENCH_DATABASE", default=config["NAME"])}


DATABASES = {"default": _database()}

# Every search embeds its query.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# A publish is measured without the task that it enqueues; the task is measured by itself.
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}

WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
if not WITHOUT_PACKAGE:
    WAGTAILSEARCH_BACKENDS |= {
        name: {"BACKEND": f"wagtail_vector_search.backends.{name}"} for name in ("hybrid", "semantic", "keyword")
    }

WAGTAIL_VECTOR_SEARCH = {
    "default": {
        "PROVIDER": env.str("BENCH_PROVIDER", default="wagtail_vector_search.providers.llm.LLMProvider"),
        "MODEL": env.str("BENCH_MODEL", default="wordllama"),
        **env.json("BENCH_SETTINGS", default={}),
    }
}
