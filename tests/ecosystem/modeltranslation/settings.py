from tests.ecosystem.settings import *  # noqa: F403
from tests.ecosystem.settings import INSTALLED_APPS, WAGTAIL_VECTOR_SEARCH, WAGTAILSEARCH_BACKENDS

LANGUAGES = [("en", "English"), ("fr", "French")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
# The package keeps all languages in one page.
WAGTAIL_I18N_ENABLED = False
WAGTAILMODELTRANSLATION_TRANSLATE_SLUGS = False
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
INSTALLED_APPS = [
    "wagtail_modeltranslation",
    "wagtail_modeltranslation.makemigrations",
    "wagtail_modeltranslation.migrate",
    "tests.ecosystem.modeltranslation",
    *INSTALLED_APPS,
]
WAGTAIL_VECTOR_SEARCH = {
    "default": {**WAGTAIL_VECTOR_SEARCH["default"], "LANGUAGE": "en"},
    "french": {**WAGTAIL_VECTOR_SEARCH["default"], "LANGUAGE": "fr"},
}
WAGTAILSEARCH_BACKENDS = {
    **WAGTAILSEARCH_BACKENDS,
    "keyword-fr": {"BACKEND": "wagtail_vector_search.backends.keyword", "INDEX": "french"},
}
