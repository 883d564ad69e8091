"""Settings of the demo site. Everything a machine may want to differ comes from the environment or from ``.env``."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

PROJECT_DIR = Path(__file__).resolve().parent
BASE_DIR = PROJECT_DIR.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

#: Where the embedded database and the secret key are kept.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))


def _read_database_url() -> dict[str, Any]:
    address = env.str("DATABASE_URL", default="") or _embedded_database_url()
    try:
        config: dict[str, Any] = env.db_url_config(address)
    except ValueError:  # whose message quotes the password
        config = {}
    if not config:
        sys.exit(
            'DATABASE_URL cannot be read: in the password write "/" as %2F, "?" as %3F, "#" as %23 and "%" as %25.'
        )
    return config


def _embedded_database_url() -> str:
    from .embedded_postgres import database_url

    return database_url(DATA_DIR / "postgres", "demo")


def _own_secret_key() -> str:
    """Return a key made at the first start, so that visitors stay logged in at the next one."""
    file = DATA_DIR / "secret-key"
    if not file.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env.str("SECRET_KEY", default="") or _own_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DATABASES = {"default": _read_database_url()}

INSTALLED_APPS = [
    "testproject.library",
    "wagtail_vector_search",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.contrib.simple_translation",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "testproject.urls"
WSGI_APPLICATION = "testproject.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", _("English")), ("fr", _("French"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"

WAGTAIL_SITE_NAME = "Library of Python"
WAGTAILADMIN_BASE_URL = env.str("WAGTAILADMIN_BASE_URL", default="http://localhost:8000")
WAGTAIL_I18N_ENABLED = True
WAGTAIL_FRONTEND_LOGIN_URL = "/login/"

# What a project adds for this package starts here.

WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database"},
    "hybrid": {"BACKEND": "wagtail_vector_search.backends.hybrid"},
    "semantic": {"BACKEND": "wagtail_vector_search.backends.semantic"},
    "keyword": {"BACKEND": "wagtail_vector_search.backends.keyword"},
}

WAGTAIL_VECTOR_SEARCH = {
    "default": {
        "PROVIDER": "wagtail_vector_search.providers.llm.LLMProvider",
        "MODEL": env.str("MODEL", default="wordllama"),
        # They only list other pages, so they answer no question.
        "EXCLUDE_PAGE_TYPES": ["library.HomePage", "library.SectionPage"],
    },
}
