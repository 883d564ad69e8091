"""Build the pages of an empty site."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Locale, Page, PageViewRestriction, Site

from ..models import ArticlePage, HomePage, SectionPage
from ..pydocs.blocks import blocks_from_text
from ..pydocs.definitions import standard_library
from ..pydocs.entries import Entry, entries_from_modules, entries_from_topics
from ..pydocs.themes import LANGUAGE, THEMES, theme_of
from .loading import PageLoader
from .markup import body_from_blocks
from .own_pages import FRENCH_HOME, FRENCH_PAGES, FRENCH_SECTION, HOME, PRIVATE_PAGES, PRIVATE_SECTION, OwnPage

#: Title of a section -> what stands in it.
Contents = dict[str, list[Entry]]


def read_contents() -> Contents:
    """Return the English pages to be, by the title of their section; sections without pages are left out."""
    contents: Contents = {LANGUAGE.title: entries_from_topics()}
    contents |= {theme.title: [] for theme in THEMES}
    for entry in entries_from_modules(standard_library()):
        contents[theme_of(entry.name).title].append(entry)
    return {title: entries for title, entries in contents.items() if entries}


@transaction.atomic
def build_site(contents: Contents) -> None:
    """Make the pages of both languages, or none if anything fails, and remove Wagtail's welcome page.

    Args:
        contents: from ``read_contents``, or fewer pages for tests.
    """
    for welcome_page in Page.objects.filter(depth=2, slug="home"):
        welcome_page.delete()
    builder = SiteBuilder()
    builder.add_english(contents)
    private_section = builder.add_private_section()
    builder.add_french()
    builder.loader.save()
    PageViewRestriction.objects.create(page=private_section, restriction_type=PageViewRestriction.LOGIN)


class SiteBuilder:
    """Makes pages, and remembers the English ones that the French ones translate."""

    def __init__(self) -> None:
        self.loader = PageLoader()
        self.translation_keys: dict[str, UUID] = {}
        self.home = self._add_home(HOME, "en")

    def add_english(self, contents: Contents) -> None:
        """Make the home page the root of the site, and add a section per theme with its articles."""
        Site.objects.all().delete()
        Site.objects.create(hostname="localhost", site_name=HOME.title, root_page=self.home, is_default_site=True)
        introductions = {theme.title: theme.introduction for theme in (LANGUAGE, *THEMES)}
        for title, entries in contents.items():
            section = self._add_section(self.home, OwnPage(title, introductions[title]))
            self._add_entries(section, entries)

    def add_private_section(self) -> SectionPage:
        """Add the section for members, and return it."""
        section = self._add_section(self.home, PRIVATE_SECTION)
        self._add_own_pages(section, PRIVATE_PAGES)
        return section

    def add_french(self) -> None:
        """Add the French home page with the guide below it."""
        home = self._add_home(FRENCH_HOME, "fr")
        self._add_own_pages(self._add_section(home, FRENCH_SECTION), FRENCH_PAGES)

    def _add_home(self, page: OwnPage, language: str) -> HomePage:
        locale, _ = Locale.objects.get_or_create(language_code=language)
        home = HomePage(title=page.title, slug=f"home-{language}", introduction=page.introduction, locale=locale)
        self._translate(home, page)
        Page.get_first_root_node().add_child(instance=home)
        return home

    def _add_section(self, parent: Page, page: OwnPage) -> SectionPage:
        section = SectionPage(title=page.title, slug=slugify(page.title), introduction=page.introduction)
        self._translate(section, page)
        self.loader.add(parent, section)
        return section

    def _add_entries(self, parent: Page, entries: Iterable[Entry]) -> None:
        for entry in entries:
            body = body_from_blocks(entry.blocks)
            article = ArticlePage(title=entry.title, slug=slugify(entry.name.replace(".", "-")), body=body)
            self.translation_keys[entry.name] = article.translation_key
            self.loader.add(parent, article)
            self._add_entries(article, entry.children)

    def _add_own_pages(self, parent: Page, pages: Iterable[OwnPage]) -> None:
        for page in pages:
            body = body_from_blocks(blocks_from_text(page.text))
            article = ArticlePage(title=page.title, slug=slugify(page.title), introduction=page.introduction, body=body)
            self._translate(article, page)
            self.loader.add(parent, article)

    def _translate(self, page: Page, own: OwnPage) -> None:
        """Make a page the translation of its original, or an original that others may translate."""
        page.translation_key = self.translation_keys.get(own.original, page.translation_key)
        self.translation_keys[own.title] = page.translation_key
