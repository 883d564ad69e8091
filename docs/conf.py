"""Sphinx configuration. Builds without a network and without a database."""

import django
from django.conf import settings
from sphinx.application import Sphinx

import wagtail_vector_search
from wagtail_vector_search.ranking import constants

# autodoc imports the models, so Django has to be configured; nothing connects to this database.
settings.configure(
    INSTALLED_APPS=[
        "wagtail_vector_search",
        "wagtail.search",
        "wagtail.sites",
        "wagtail.users",
        "wagtail.images",
        "wagtail.documents",
        "wagtail.admin",
        "wagtail",
        "modelcluster",
        "taggit",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.postgres",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    WAGTAIL_SITE_NAME="docs",
    STATIC_URL="/static/",
)
django.setup()

project = "wagtail-vector-search"
author = "wagtail-vector-search contributors"
project_copyright = author
version = release = wagtail_vector_search.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_wagtail_theme"]
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist", "substitution"]
# The numbers of the ranking, as {{ FEEDBACK_PAGES }}.
myst_substitutions = {
    name: f"{value:,}" for name, value in vars(constants).items() if name.isupper() and isinstance(value, (int, float))
}
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_use_rtype = False

# Nitpicky builds check every reference to this package; those to other projects would need the network.
nitpick_ignore_regex = [(r"py:.*", r"(?!wagtail_vector_search).*")]

html_theme = "sphinx_wagtail_theme"
html_theme_options = {
    "project_name": project,
    "github_url": "",
    "footer_links": "",
}
html_last_updated_fmt = None
html_show_sphinx = False
html_show_sourcelink = False


def setup(app: Sphinx) -> None:
    """Keep napoleon from reading "Whether it is local: it costs nothing" as a type and a description."""
    app.connect("autodoc-process-docstring", _begin_with_comment, priority=400)


def _begin_with_comment(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    if what in {"attribute", "property"}:
        lines[:0] = ["..", ""]
