#!/usr/bin/env bash
# wagtail-modeltranslation 0.16.1 (django-modeltranslation 0.20.6, Wagtail 8.0.1): the title of every page is translated,
# because the package registers Page. But the translated title becomes a SearchField only of page types that have a
# TranslationOptions of their own: search_fields of a subclass are a list made before the package changes that of Page. A
# page type without one shows its French title, and is not searched by it.
# Output seen:
#   fields of both types:    title_en, title_fr
#   registered page type:    searched by title, title_en, title_fr
#   page type of a subclass: searched by title
# Matters to: everybody who searches such a site in another language than the default one.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check wagtail==8.0.1 wagtail-modeltranslation==0.16.1 \
    django-modeltranslation==0.20.6
mkdir "$folder/news"
cat > "$folder/news/__init__.py" </dev/null
cat > "$folder/news/models.py" <<'PYTHON'
from django.db import models
from wagtail.models import Page
from wagtail.search import index


class NewsPage(Page):
    text = models.TextField(blank=True)
    search_fields = [*Page.search_fields, index.SearchField("text")]


class PlainPage(Page):
    text = models.TextField(blank=True)
    search_fields = [*Page.search_fields, index.SearchField("text")]
PYTHON
cat > "$folder/news/translation.py" <<'PYTHON'
from modeltranslation.decorators import register
from modeltranslation.translator import TranslationOptions

from .models import NewsPage


@register(NewsPage)
class NewsPageTranslation(TranslationOptions):
    fields = ("text",)
PYTHON
cd "$folder" && PYTHONWARNINGS=ignore "$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings

settings.configure(
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    LANGUAGE_CODE="en",
    LANGUAGES=[("en", "English"), ("fr", "French")],
    WAGTAILMODELTRANSLATION_TRANSLATE_SLUGS=False,
    STATIC_URL="/static/",
    WAGTAIL_SITE_NAME="x",
    INSTALLED_APPS=[
        "wagtail_modeltranslation",
        "wagtail_modeltranslation.makemigrations",
        "wagtail_modeltranslation.migrate",
        "news",
        *(f"wagtail.{name}" for name in ("sites", "users", "documents", "images", "search", "admin")),
        "wagtail",
        "modelcluster",
        "taggit",
        *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages", "staticfiles")),
    ],
)
django.setup()
from news.models import NewsPage, PlainPage
from wagtail.search.index import SearchField

TITLES = ("title", "title_en", "title_fr")


def searched(model):
    names = {field.field_name for field in model.search_fields if isinstance(field, SearchField)}
    return [name for name in TITLES if name in names]


for model in (NewsPage, PlainPage):
    assert {"title_en", "title_fr"} <= {field.name for field in model._meta.get_fields()}
print("fields of both types:    title_en, title_fr")
print("registered page type:    searched by", ", ".join(searched(NewsPage)))
print("page type of a subclass: searched by", ", ".join(searched(PlainPage)))
assert searched(NewsPage) == ["title", "title_en", "title_fr"]
assert searched(PlainPage) == ["title"], "translated titles are search fields of every page type now"
PYTHON
