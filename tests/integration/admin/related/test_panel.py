"""The panel in the page editor, and how revisions are compared."""

import json

import pytest
from django.urls import reverse

from tests.testapp.models import ArticlePage
from wagtail_vector_search.admin.related import RelatedPagesPanel
from wagtail_vector_search.curation import RelatedPages

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(make_article, section):
    return make_article("Sailing", "The boat sails.", parent=section)


def post_data(page, choice):
    streams = {"body-count": 0}
    return {
        "title": page.title,
        "slug": page.slug,
        "related": choice,
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        **streams,
    }


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def test_the_editor_holds_the_choice_and_loads_the_list_afterwards(log_in, few_rights, page, make_article):
    page.related = RelatedPages(pinned=(make_article("Sourdough").pk,))
    page.save_revision()
    html = log_in(few_rights).get(edit_url(page)).text
    assert "<wvs-related-pages" in html
    assert json.dumps(page.related.as_json()).replace('"', "&quot;") in html
    assert 'data-limit="5"' in html
    assert f'data-page="{page.pk}"' in html
    assert "related.js" in html
    assert "Sourdough" not in html


def test_a_read_only_panel_says_how_many_pages_were_chosen(page, rf, few_rights):
    panel = RelatedPagesPanel("related", read_only=True).bind_to_model(ArticlePage)
    page.related = RelatedPages((1, 2), (3,))
    request = rf.get("/")
    request.user = few_rights
    form = panel.get_form_class()(instance=page, for_user=few_rights)
    bound = panel.get_bound_panel(instance=page, request=request, form=form)
    assert "2 pinned, 1 hidden" in bound.render_html()


def test_a_new_page_has_the_panel_too(log_in, few_rights, section):
    html = log_in(few_rights).get(reverse("wagtailadmin_pages:add", args=["testapp", "articlepage", section.pk])).text
    assert 'data-page=""' in html


def test_saving_keeps_pages_that_the_editor_may_not_see(log_in, few_rights, page, make_article, hidden_section):
    secret = make_article("Secret", parent=hidden_section)
    choice = json.dumps({"pinned": [secret.pk], "hidden": []})
    response = log_in(few_rights).post(edit_url(page), post_data(page, choice))
    assert response.status_code == 302
    draft = ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.related == RelatedPages(pinned=(secret.pk,))
    assert ArticlePage.objects.get(pk=page.pk).related == RelatedPages()


@pytest.mark.parametrize(
    ("choice", "message"),
    [("nonsense", "not a choice of related pages"), ('{"pinned": [1], "hidden": [1]}', "both pinned and hidden")],
)
def test_an_invalid_choice_has_its_message_beside_the_field(log_in, few_rights, page, choice, message):
    response = log_in(few_rights).post(edit_url(page), post_data(page, choice))
    assert response.status_code == 200
    assert message in response.text


def test_a_page_cannot_be_pinned_to_itself(log_in, few_rights, page):
    choice = json.dumps({"pinned": [page.pk]})
    assert "cannot be related to itself" in log_in(few_rights).post(edit_url(page), post_data(page, choice)).text


def compare(client, page, before, after):
    revisions = []
    for choice in (before, after):
        page.related = choice
        revisions.append(page.save_revision())
    return client.get(reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, *[r.pk for r in revisions]])).text


def test_revisions_are_compared_by_the_names_of_the_pages(log_in, few_rights, page, make_article, section):
    bread, cake = (make_article(title, parent=section) for title in ("Bread", "<b>Cake</b>"))
    html = compare(log_in(few_rights), page, RelatedPages((bread.pk,)), RelatedPages((bread.pk, cake.pk)))
    assert '<span class="addition">Bread, &lt;b&gt;Cake&lt;/b&gt;</span>' in html
    assert '<span class="deletion">Bread</span>' in html
    assert "Pinned" in html


def test_the_comparison_does_not_name_what_the_editor_may_not_see(
    log_in, few_rights, superuser, page, make_article, hidden_section
):
    secret = make_article("Secret", parent=hidden_section)
    choices = RelatedPages(), RelatedPages(hidden=(secret.pk,))
    html = compare(log_in(few_rights), page, *choices)
    assert "a page you cannot see" in html
    assert "Secret" not in html
    assert "Secret" in compare(log_in(superuser), page, *choices)


def test_an_equal_choice_is_no_difference(log_in, few_rights, page, make_article):
    choice = RelatedPages((make_article("Bread").pk,))
    assert "Pinned" not in compare(log_in(few_rights), page, choice, choice)


def test_the_usage_of_a_pinned_page_names_the_page_that_pins_it(log_in, superuser, page, make_article):
    bread = make_article("Bread")
    page.related = RelatedPages(pinned=(bread.pk,))
    page.save_revision().publish()
    html = log_in(superuser).get(reverse("wagtailadmin_pages:usage", args=[bread.pk])).text
    assert "Sailing" in html
    assert "Related pages" in html
