"""Real pages, saved and read back, to documents."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import ForeignKey
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, override
from wagtail import blocks as wagtail_blocks
from wagtail.models import Locale, Page
from wagtail.rich_text import RichText
from wagtail.search import index

from tests.testapp.models import ArticleLink, ArticlePage, EmbeddingDocumentPage, EmbeddingFieldsPage, RichTextPage
from wagtail_vector_search.content import (
    Document,
    EmbeddingField,
    Section,
    chunk_document,
    content_hash,
    extract_document,
    extraction,
)
from wagtail_vector_search.exceptions import SettingsError

pytestmark = pytest.mark.django_db


def save(page):
    """Save a page under the root and return it as it is read back."""
    Page.objects.get(depth=1).add_child(instance=page)
    return Page.objects.get(pk=page.pk).specific


def article(**fields):
    return save(ArticlePage(**{"title": "An article", **fields}))


def blocks(*children):
    return [{"type": name, "value": value} for name, value in children]


def render_markdown(text):
    """Render as a package for Markdown does, in a fashion."""
    return mark_safe(re.sub(r"(?m)^## (.*)$", r"<h2>\1</h2>", re.sub(r"\*\*(.*?)\*\*", r"<b>\1</b>", text)))  # noqa: S308


class TestSearchFields:
    def test_markdown_is_read_as_the_page_shows_it(self, monkeypatch):
        name = "django.db.models.fields.TextField"
        monkeypatch.setitem(extraction.RENDERED_FIELDS, name, f"{__name__}.render_markdown")
        extraction._find_renderer.cache_clear()
        page = article(introduction="## Fees\n\n**Adults** pay.")
        assert extract_document(page).sections == (Section("Fees", "fees", "Adults pay."),)
        monkeypatch.undo()
        extraction._find_renderer.cache_clear()

    def test_nothing_is_no_word(self):
        assert extract_document(ArticlePage(title=None, introduction=None, category=None)) == Document("", ())
        none: Any = None
        nothing = Document(none, (Section(none, none, none),), none)
        assert extraction._clean(nothing) == Document("", ())

    def test_a_page_is_read_field_by_field_and_block_by_block(self):
        page = article(
            introduction="What it is about.",
            body=blocks(
                ("paragraph", "<p>Before any heading.</p>"),
                ("heading", "First steps"),
                ("paragraph", '<p>One &amp; two.</p><h3 id="deep">Deeper</h3><ul><li>a</li><li>b</li></ul>'),
                ("quote", {"title": "A voice", "quote": "Said so.", "internal_note": "unsure"}),
                ("list", ["x", "y"]),
            ),
            category="news",
        )
        assert extract_document(page) == Document(
            "An article",
            (
                Section("", "", "What it is about.\n\nBefore any heading."),
                Section("First steps", "first-steps", "One & two."),
                Section("Deeper", "deep", "a\nb\n\nx\n\ny"),
                Section("A voice", "a-voice", "Said so."),
                Section("", "", "Filed under news."),
            ),
        )

    def test_fields_that_search_does_not_index_are_not_read(self):
        page = article(
            introduction="seen",
            internal="HIDDEN field",
            slug="hidden-slug",
            search_description="HIDDEN description",
            body=blocks(
                ("hidden", "<p>HIDDEN block</p>"),
                ("secret", {"text": "HIDDEN by its class"}),
                ("quote", {"title": "t", "quote": "q", "internal_note": "HIDDEN note"}),
            ),
        )
        assert "hidden" not in str(extract_document(page)).lower()

    def test_related_objects_are_read_through_their_search_fields(self):
        page = article(links=[ArticleLink(label="A first link"), ArticleLink(label="A second link")])
        assert extract_document(page).sections == (Section("", "", "A first link\n\nA second link"),)

    def test_related_fields_may_be_nested(self, monkeypatch):
        back = index.RelatedFields("page", [index.SearchField("introduction")])
        links = index.RelatedFields("links", [index.SearchField("label"), back])
        monkeypatch.setattr(ArticlePage, "search_fields", [links])
        page = article(introduction="seen from its link", links=[ArticleLink(label="link")])
        assert extract_document(page) == Document("", (Section("", "", "link\n\nseen from its link"),))

    def test_a_missing_related_object_has_no_text(self, monkeypatch):
        monkeypatch.setattr(
            ArticlePage, "search_fields", [index.RelatedFields("owner", [index.SearchField("username")])]
        )
        assert extract_document(article()) == Document("", ())
        owner = get_user_model().objects.create(username="ada")
        assert extract_document(article(slug="b", owner=owner)) == Document("", (Section("", "", "ada"),))

    def test_the_key_of_a_related_object_is_no_text(self, monkeypatch):
        monkeypatch.setattr(ArticlePage, "search_fields", [index.SearchField("locale"), index.SearchField("category")])
        assert extract_document(article(category="news")) == Document("", (Section("", "", "news"),))

    def test_a_relation_with_its_own_searchable_content_is_read_by_it(self, monkeypatch):
        monkeypatch.setattr(ForeignKey, "get_searchable_content", lambda *_: ["said by the field"], raising=False)
        monkeypatch.setattr(ArticlePage, "search_fields", [index.SearchField("locale")])
        assert extract_document(article()) == Document("", (Section("", "", "said by the field"),))

    def test_autocomplete_and_filter_fields_are_not_read(self, monkeypatch):
        monkeypatch.setattr(
            ArticlePage,
            "search_fields",
            [index.AutocompleteField("title"), index.FilterField("title"), index.FilterField("category")],
        )
        assert extract_document(article(category="c")) == Document("", ())

    def test_a_field_that_does_not_exist_is_left_to_wagtails_own_check(self, monkeypatch):
        monkeypatch.setattr(
            ArticlePage, "search_fields", [index.SearchField("title"), index.SearchField("no_such_field")]
        )
        assert extract_document(article()) == Document("An article", ())

    @pytest.mark.parametrize(
        ("returned", "text"),
        [
            ("plain <b>text</b>", "plain <b>text</b>"),
            (mark_safe("<p>safe <b>text</b></p>"), "safe text"),
            (RichText("<p>rich <b>text</b></p>"), "rich text"),
            (["two", "lines"], "two\n\nlines"),
            (None, ""),
            (7, "7"),
        ],
    )
    def test_a_method_may_return_text_in_any_form(self, monkeypatch, returned, text):
        monkeypatch.setattr(ArticlePage, "get_computed_text", lambda _: returned)
        assert [section.text for section in extract_document(article()).sections] == ([text] if text else [])

    def test_a_rich_text_field_keeps_its_headings(self):
        page = save(RichTextPage(title="Rich", body="<p>Intro.</p><h2>One</h2><p>Text.</p>"))
        assert extract_document(page).sections == (Section("", "", "Intro."), Section("One", "one", "Text."))

    def test_reading_a_page_of_text_needs_no_query(self, django_assert_num_queries):
        page = article(body=blocks(("heading", "One"), ("paragraph", "<p>Text.</p>")))
        extract_document(page)
        page = ArticlePage.objects.prefetch_related("links").get(pk=page.pk)
        with django_assert_num_queries(0):
            extract_document(page, "en")


WEEKDAYS = {"en": "Monday", "fr": "lundi", "zh-hans": "星期一"}


class TestLanguages:
    """What is translated is read in the language of the page, not of the editor."""

    @pytest.fixture(autouse=True)
    def _translated(self, monkeypatch):
        """Articles whose text holds a lazy label, a label that is made at once, a choice and a date."""
        level = wagtail_blocks.ChoiceBlock(choices=[("1", gettext_lazy("Monday")), ("2", gettext_lazy("Tuesday"))])
        stream = wagtail_blocks.StreamBlock([("level", level)])
        monkeypatch.setattr(
            ArticlePage, "get_body", lambda _: stream.to_python([{"type": "level", "value": "1"}]), False
        )
        monkeypatch.setattr(ArticlePage, "get_now", lambda _: gettext("Monday"), raising=False)
        monkeypatch.setattr(ArticlePage, "get_day", lambda _: date_format(date(2024, 1, 1), "l"), raising=False)
        monkeypatch.setattr(ArticlePage, "get_level_display", lambda _: gettext_lazy("Monday"), raising=False)
        names = ("get_body", "get_now", "get_day", "get_level_display")
        fields = [EmbeddingField("title"), *map(EmbeddingField, names)]
        monkeypatch.setattr(ArticlePage, "embedding_fields", fields, raising=False)

    @staticmethod
    def page(language_code):
        locale, _ = Locale.objects.get_or_create(language_code=language_code)
        return article(locale=locale)

    @pytest.mark.parametrize("active", ["en", "fr", "zh-hans", None])
    @pytest.mark.parametrize("language", WEEKDAYS)
    def test_a_page_is_read_in_its_own_language(self, language, active):
        page = self.page(language)
        with override(active):
            document = extract_document(page)
            assert get_language() == active
        word = WEEKDAYS[language]
        assert document.sections == (
            Section("", "", "\n\n".join([word] * 3)),
            Section("", "", word, words_only=True),
        )

    def test_the_language_may_be_given_by_a_caller_that_knows_it(self):
        assert "lundi" in str(extract_document(self.page("en"), "fr"))

    @pytest.mark.parametrize(("of_site", "word"), [("en", "Monday"), ("fr", "lundi")])
    def test_without_locales_every_page_is_in_the_language_of_the_site(self, settings, of_site, word):
        page = self.page("zh-hans")
        settings.WAGTAIL_I18N_ENABLED, settings.LANGUAGE_CODE = False, of_site
        with override("zh-hans"):
            assert word in str(extract_document(page))
            assert word in str(extract_document(page, "zh-hans"))

    def test_an_unsaved_page_without_a_locale_is_in_the_language_of_the_site(self):
        with override("fr"):
            assert "Monday" in str(extract_document(ArticlePage(title="New")))

    def test_a_language_that_the_site_has_given_up_can_still_be_read(self, settings):
        page = self.page("fr")
        settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [("en", "English")]
        assert "lundi" in str(extract_document(Page.objects.get(pk=page.pk).specific))

    def test_a_page_in_an_unknown_language_is_read_in_that_of_the_site(self):
        assert "Monday" in str(extract_document(self.page("xx")))


class TestWhatThePageClassSays:
    def test_embedding_fields_replace_search_fields(self):
        page = save(
            EmbeddingFieldsPage(title="Title", summary="The summary.", body="<h2>One</h2><p>Text.</p>", notes="no")
        )
        assert extract_document(page) == Document("Title", (Section("One", "one", "Text."),), important="The summary.")

    def test_a_block_kept_out_of_search_is_kept_out_of_embedding_fields_too(self, monkeypatch):
        monkeypatch.setattr(ArticlePage, "embedding_fields", [EmbeddingField("body")], raising=False)
        page = article(body=blocks(("hidden", "<p>hidden</p>"), ("heading", "One"), ("code", "x = 1")))
        assert extract_document(page) == Document("", (Section("One", "one", "x = 1"),))

    def test_embedding_fields_may_name_methods_relations_and_managers_even_empty_ones(self, monkeypatch):
        monkeypatch.setattr(ArticleLink, "__str__", lambda link: link.label)
        names = ("get_computed_text", "locale", "links", "aliases", "owner", "richtextpage")
        monkeypatch.setattr(ArticlePage, "embedding_fields", [EmbeddingField(n) for n in names], raising=False)
        page = article(category="news", links=[ArticleLink(label="A link")])
        assert extract_document(page).sections == (Section("", "", "Filed under news.\n\nEnglish\n\nA link"),)

    def test_a_method_may_return_sections(self, monkeypatch):
        monkeypatch.setattr(ArticlePage, "embedding_fields", [EmbeddingField("get_computed_text")], raising=False)
        sections = (Section("One", "a", "first"), Section("", "", "second"))
        monkeypatch.setattr(ArticlePage, "get_computed_text", lambda _: list(sections))
        assert extract_document(article()) == Document("", sections)

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ([EmbeddingField("boby")], r'ArticlePage\.embedding_fields names "boby"'),
            (["body"], r'must hold EmbeddingField\("name"\) objects, not \'body\''),
        ],
    )
    def test_a_mistake_in_embedding_fields_is_explained(self, monkeypatch, fields, message):
        monkeypatch.setattr(ArticlePage, "embedding_fields", fields, raising=False)
        with pytest.raises(SettingsError, match=message):
            extract_document(article())

    def test_a_page_may_build_its_own_document(self):
        page = save(EmbeddingDocumentPage(title="Title", facts="A fact."))
        assert extract_document(page) == Document("Title", (Section("Facts", "facts", "A fact."),))

    def test_a_document_that_a_page_builds_is_cleaned_like_any_other(self):
        page = save(EmbeddingDocumentPage(title="Title", facts="x"))
        page.title, page.facts = "Two\nlines\x00", " a\ud800 \r\n\r\n\r\n b "
        assert extract_document(page) == Document("Two lines", (Section("Facts", "facts", "a\n\nb"),))

    def test_anything_but_a_document_is_refused(self, monkeypatch):
        monkeypatch.setattr(EmbeddingDocumentPage, "get_embedding_document", lambda _: "text")
        with pytest.raises(
            SettingsError, match=r"EmbeddingDocumentPage\.get_embedding_document\(\) must return a Document"
        ):
            extract_document(save(EmbeddingDocumentPage(title="Title")))


class TestUnusualPages:
    def test_a_page_without_text_is_its_title(self):
        document = extract_document(article())
        assert document == Document("An article", ())
        assert [chunk.text for chunk in chunk_document(document)] == ["An article"]

    def test_fields_of_white_space_have_no_text(self):
        assert extract_document(article(introduction=" \u00a0\n\u200b")) == Document("An article", ())

    def test_a_plain_page_is_its_title(self):
        assert extract_document(save(Page(title="Plain"))) == Document("Plain", ())

    def test_what_postgresql_refuses_does_not_come_out_of_any_field(self):
        page = article()
        bad = "a\x00b\ud800c"
        page.title = page.introduction = page.category = bad
        page.body = [
            ("heading", bad),
            ("paragraph", RichText(f"<h2 id='{bad}'>{bad}</h2><p>{bad}&#0;</p>")),
            ("code", bad),
        ]
        document = extract_document(page)
        stored = str((document, chunk_document(document)))
        assert "\x00" not in stored
        assert "\\x00" not in stored
        assert "\\ud800" not in stored
        assert document.title == "abc"

    def test_right_to_left_and_chinese_pages_keep_their_words_and_anchors(self):
        page = article(title="דף בעברית", body=blocks(("heading", "搜索引擎"), ("paragraph", "<p>مرحبا بالعالم</p>")))
        assert extract_document(page) == Document("דף בעברית", (Section("搜索引擎", "搜索引擎", "مرحبا بالعالم"),))

    def test_a_paragraph_in_a_headings_tag_is_text(self):
        page = save(RichTextPage(title="Rich", body=f"<h2>{'long ' * 100}</h2><p>Text.</p>"))
        assert extract_document(page).sections == (Section("", "", ("long " * 100).strip() + "\n\nText."),)

    def test_a_hundred_thousand_words_become_chunks(self):
        page = save(RichTextPage(title="Long", body="<p>Some words in a sentence. </p>" * 20_000))
        document = extract_document(page)
        chunks = chunk_document(document)
        assert sum(len(chunk.text.split()) for chunk in chunks) >= 100_000
        assert len(content_hash(document, chunks, "english")) == 64

    def test_saving_a_page_again_does_not_change_its_hash(self):
        def digest(page):
            document = extract_document(page)
            return content_hash(document, chunk_document(document), "english")

        page = article(introduction="Same.", body=blocks(("heading", "One"), ("paragraph", "<p>Text.</p>")))
        before = digest(page)
        page.save_revision().publish()
        assert digest(Page.objects.get(pk=page.pk).specific) == before
