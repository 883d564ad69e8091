"""Settings of the test suite: a small Wagtail project with every page type that the tests need."""

import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

SECRET_KEY = "tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "tests.urls"
WAGTAIL_SITE_NAME = "Tests"
WAGTAILADMIN_BASE_URL = "http://localhost"
STATIC_URL = "/static/"
MEDIA_ROOT = BASE_DIR / ".data" / "media"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("fr", "French"), ("zh-hans", "Chinese")]
USE_I18N = True
WAGTAIL_I18N_ENABLED = True

INSTALLED_APPS = [
    "tests.testapp",
    "tests.recipes",
    "testproject.library",
    "wagtail_vector_search",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.locale.LocaleMiddleware",
]

_CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT_PROCESSORS},
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "APP_DIRS": False,
        "OPTIONS": {"extensions": ["wagtail_vector_search.jinja2tags.VectorSearchExtension"]},
    },
]


def _database_url() -> str:
    if "DATABASE_URL" in os.environ:
        return os.environ["DATABASE_URL"]
    from testproject.embedded_postgres import database_url

    return database_url(BASE_DIR / ".data" / "postgres-of-tests", "tests", safe=False)


DATABASES = {"default": env.db_url_config(_database_url())}

WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database"},
    "hybrid": {"BACKEND": "wagtail_vector_search.backends.hybrid"},
    "semantic": {"BACKEND": "wagtail_vector_search.backends.semantic"},
    "keyword": {"BACKEND": "wagtail_vector_search.backends.keyword"},
}

# Tests say themselves when the queue is worked on.
WAGTAIL_VECTOR_SEARCH_BACKGROUND = False
WAGTAIL_VECTOR_SEARCH = {
    "default": {
        "PROVIDER": "wagtail_vector_search.providers.deterministic.DeterministicProvider",
        "MODEL": "deterministic",
        # The sites of most tests are smaller than a cut-off can be calibrated on.
        "CUTOFF": 0,
    }
}
