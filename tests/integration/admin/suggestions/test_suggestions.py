"""Pages to link to, for what an editor is writing."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail import hooks
from wagtail.models import Locale, Page, PageViewRestriction

from tests.integration.retrieval.test_related import TEXTS
from wagtail_vector_search.conf import get_index_settings
from wagtail_vector_search.models import Generation
from wagtail_vector_search.providers import get_provider_for

pytestmark = pytest.mark.django_db

URL = "/admin/search-index/suggested-pages/?allow_external_link=true&link_text=x&parent_page_id=3"


@pytest.fixture
def ask(log_in, superuser):
    """Return a function that asks for suggestions, and returns the response."""

    def post(selected="", text="", *, editing="", user=superuser):
        return log_in(user).post(URL, {"selected": selected, "text": text, "editing": editing})

    return post


@pytest.fixture
def suggest(ask):
    """Return a function that asks for suggestions, and returns the titles."""
    return lambda *args, **options: titles_in(ask(*args, **options))


def titles_in(response):
    table = response.context["table"]
    return [page.title for page in table.data] if table else []


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def test_pages_for_the_selected_words_come_before_those_for_the_paragraph(pages, suggest):
    found = suggest("harbour", "Flour and butter become a cake in the oven.")
    assert found[0] == "Harbour"
    assert "Cake" in found
    assert suggest("cake", "A boat rests in the harbour.")[0] == "Cake"


def test_a_paragraph_without_selected_words_is_enough(pages, suggest):
    assert suggest(text="A boat rests in the harbour while the sea is rough.")[0] == "Harbour"


def test_quotes_and_dashes_of_a_paragraph_are_no_operators(pages, suggest):
    assert suggest(text='A "big old boat" rests in the -harbour while the sea is rough.')[0] == "Harbour"


def test_the_tab_answers_like_wagtails_own_tabs(pages, ask):
    response = ask("harbour")
    answer = json.loads(response.text)
    assert answer["step"] == "suggested_pages"
    html = answer["html"]
    assert f'data-id="{pages["Harbour"].pk}"' in html
    assert f'data-parent-id="{pages["Harbour"].get_parent().pk}"' in html
    assert 'data-url="/open-section/' in html
    assert 'class="choose-page"' in html
    assert '<p class="link-types">' in html
    assert "/admin/choose-page/3/?allow_external_link=true" in html


def test_the_page_itself_and_its_translations_are_not_suggested(pages, suggest):
    editing = edit_url(pages["Harbour"])
    assert "Harbour" not in suggest("harbour", TEXTS["Harbour"], editing=editing)
    assert "Harbour" in suggest("harbour", TEXTS["Harbour"])


def test_pages_in_other_languages_are_not_suggested(pages, suggest):
    french = Locale.objects.create(language_code="fr")
    Page.objects.filter(pk=pages["Harbour"].pk).update(locale=french)
    assert "Harbour" not in suggest("harbour", editing=edit_url(pages["Cake"]))
    assert "Harbour" in suggest("harbour")


def test_a_new_page_has_the_language_of_the_page_above(pages, suggest, section):
    french = Locale.objects.create(language_code="fr")
    Page.objects.filter(pk=pages["Harbour"].pk).update(locale=french)
    adding = reverse("wagtailadmin_pages:add", args=["testapp", "articlepage", section.pk])
    found = suggest("harbour cake", editing=adding)
    assert "Cake" in found
    assert "Harbour" not in found


def test_pages_outside_the_editors_explorer_are_not_suggested(pages, ask, few_rights):
    response = ask("bread", TEXTS["Bread"], user=few_rights, editing=edit_url(pages["Cake"]))
    assert titles_in(response)
    assert "Bread" not in response.text
    assert "Hidden section" not in response.text
    assert "Bread" in ask("bread", TEXTS["Bread"]).text


def test_a_section_that_the_editor_may_not_see_is_not_named(pages, ask, make_editor, make_article, build_index):
    # Wagtail's explorer begins at the parent of the pages that an editor has rights to.
    inner = make_article("Inner", "Knots.", parent=pages["Bread"])
    build_index()
    response = ask("bread", user=make_editor("one", page=inner))
    assert "Bread" in titles_in(response)
    assert "Hidden section" not in response.text
    assert "Hidden section" in ask("bread").text


@pytest.mark.parametrize("hiding", ["draft", "private", "expired", "alias"])
def test_pages_that_visitors_cannot_open_are_not_suggested(pages, suggest, few_rights, hiding):
    harbour = Page.objects.filter(pk=pages["Harbour"].pk)
    if hiding == "draft":
        harbour.update(live=False)
    elif hiding == "private":
        PageViewRestriction.objects.create(page=harbour.get(), restriction_type="password", password="x")
    elif hiding == "expired":
        harbour.update(expire_at="2020-01-01T00:00Z")
    else:
        harbour.update(alias_of=pages["Cake"])
    found = suggest("harbour", TEXTS["Harbour"], user=few_rights, editing=edit_url(pages["Sailing"]))
    assert found
    assert "Harbour" not in found


def test_indexed_private_pages_are_suggested_to_users_who_can_open_them(
    pages, suggest, few_rights, configure, build_index
):
    PageViewRestriction.objects.create(page=Page.objects.get(pk=pages["Harbour"].pk), restriction_type="login")
    configure(PRIVATE_PAGES=True)
    build_index()
    assert suggest("harbour", user=few_rights)[0] == "Harbour"


def test_pages_that_the_project_excludes_from_the_chooser_are_not_suggested(pages, suggest):
    def without_harbour(pages, request):
        return pages.exclude(title="Harbour")

    with hooks.register_temporarily("construct_page_chooser_queryset", without_harbour):
        assert "Harbour" not in suggest("harbour", TEXTS["Harbour"])


def test_pages_related_to_the_page_are_suggested_for_an_empty_text(pages, suggest):
    found = suggest(editing=edit_url(pages["Sailing"]))
    assert set(found[:2]) == {"Harbour", "Fishing"}


def test_a_page_that_the_editor_may_not_edit_suggests_nothing(pages, suggest, few_rights):
    assert suggest(editing=edit_url(pages["Bread"]), user=few_rights) == []
    assert suggest(editing=edit_url(pages["Cake"]), user=few_rights)


@pytest.mark.parametrize(
    "editing", ["", "/", "nonsense", "/admin/pages/999999/edit/", "/%00", "//x/y", "http://[", "/admin/"]
)
def test_any_address_of_the_editor_is_accepted(pages, suggest, editing):
    assert suggest("harbour", editing=editing)[0] == "Harbour"


class TestOfDrafts:
    """Text that is not published goes to no remote provider unless the settings say so."""

    @pytest.fixture(autouse=True)
    def _nothing_is_cached(self):
        cache.clear()

    @pytest.fixture
    def remote(self, use_provider, configure, pages, build_index):
        use_provider("RemoteProvider")
        build_index()

        def count(suggest, **values):
            configure(**values)
            provider: Any = get_provider_for(get_index_settings())
            provider.reset()
            return suggest(), provider.calls

        return count

    def test_the_text_is_searched_by_words_by_default(self, remote, suggest):
        found, calls = remote(lambda: suggest("harbour", "Some flour."))
        assert calls == 0
        assert found[0] == "Harbour"
        assert "Cake" in found

    def test_the_stored_vectors_of_the_page_help_by_default(self, remote, suggest, pages):
        found, calls = remote(lambda: suggest("zzzz", editing=edit_url(pages["Sailing"])))
        assert calls == 0
        assert set(found[:2]) == {"Harbour", "Fishing"}

    def test_the_text_is_embedded_if_the_settings_allow_it(self, remote, suggest):
        _, calls = remote(lambda: suggest("harbour", "Some flour."), EMBED_DRAFTS=True)
        assert calls == 2

    def test_the_text_of_a_private_page_is_not_embedded_even_then(self, remote, suggest, pages):
        PageViewRestriction.objects.create(page=pages["Sailing"].get_parent(), restriction_type="login")
        asked = lambda: suggest("harbour", "Some flour.", editing=edit_url(pages["Sailing"]))  # noqa: E731
        assert remote(asked, EMBED_DRAFTS=True)[1] == 0
        assert remote(asked, EMBED_DRAFTS=True, PRIVATE_PAGES=True)[1] == 2

    def test_the_text_is_embedded_by_a_model_in_this_process(self, pages, suggest, provider):
        provider.reset()
        suggest("harbour", "Some flour.")
        assert provider.calls == 2


def test_a_text_is_read_up_to_a_length(pages, suggest, provider):
    assert suggest("harbour", "word " * 100_000)[0] == "Harbour"


def test_markup_in_a_title_is_text(pages, ask):
    Page.objects.filter(pk=pages["Harbour"].pk).update(title="<script>alert(1)</script>", draft_title="<i>x</i>")
    html = json.loads(ask("harbour").text)["html"]
    assert "<script>" not in html
    assert "<i>x" not in html
    assert "&lt;i&gt;x" in html


def test_the_tab_says_that_there_is_no_index_yet(make_article, ask):
    make_article("Harbour")
    assert not Generation.objects.exists()
    assert "has not been built" in json.loads(ask("harbour").text)["html"]


def test_an_empty_editor_is_told_what_to_do(pages, ask):
    assert "select some words" in json.loads(ask().text)["html"]


def test_the_tab_says_that_no_page_is_close(pages, ask, few_rights):
    Page.objects.exclude(pk=pages["Bread"].pk).filter(pk__in=[page.pk for page in pages.values()]).update(live=False)
    assert "No page you can see" in json.loads(ask("bread", user=few_rights).text)["html"]


def test_the_tab_takes_a_post_with_a_token(pages, superuser):
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser)
    assert client.post(URL, {"selected": "harbour"}).status_code == 403
    assert client.get(URL).status_code == 405


def test_a_visitor_learns_nothing(client, pages):
    response = client.post(URL, {"selected": "harbour"})
    assert (response.status_code, "/login/" in response.url) == (302, True)


def test_the_number_of_statements_does_not_depend_on_the_number_of_pages(pages, ask, monkeypatch):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            response = ask("boat", "Flour in an oven.", editing=edit_url(pages["Sailing"]))
        return len(titles_in(response)), len(captured)

    cost()
    many, cost_of_many = cost()

    monkeypatch.setattr("wagtail_vector_search.admin.suggestions.searching.MOST", 1)
    few, cost_of_few = cost()
    assert (many, few) == (4, 1)
    assert cost_of_many == cost_of_few
