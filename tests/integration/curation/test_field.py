"""The field of the choice: what it stores, refuses, and where it goes."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, ReferenceIndex

from tests.testapp.models import ArticlePage
from wagtail_vector_search.curation import RelatedPages, RelatedPagesField
from wagtail_vector_search.curation.field import RelatedPagesFormField

pytestmark = pytest.mark.django_db


def test_a_page_has_no_choice_until_an_editor_makes_one(make_article):
    page = make_article("Sailing")
    assert ArticlePage.objects.get(pk=page.pk).related == RelatedPages()
    assert not page.related


def test_the_value_comes_back_as_it_was_stored(make_article):
    page = make_article("Sailing", related=RelatedPages(pinned=(3, 1), hidden=(2,)))
    assert ArticlePage.objects.get(pk=page.pk).related == RelatedPages((3, 1), (2,))


@pytest.mark.parametrize("stored", ['"text"', "[1]", "null", '{"pinned": "x"}', '{"pinned": [true, -1, "1", null]}'])
def test_an_invalid_value_in_the_table_is_no_error_for_a_visitor(make_article, stored):
    page = make_article("Sailing")
    ArticlePage.objects.filter(pk=page.pk).update(related=models.Value(json.loads(stored), models.JSONField()))
    assert ArticlePage.objects.get(pk=page.pk).related == RelatedPages()


def test_the_value_can_be_filtered_on(make_article):
    page = make_article("Sailing", related=RelatedPages(pinned=(3, 1)))
    make_article("Bread")
    assert ArticlePage.objects.get(related__pinned__contains=[3]).pk == page.pk
    assert ArticlePage.objects.filter(pk=page.pk).values_list("related__pinned", flat=True).get() == [3, 1]


def test_a_revision_keeps_it(make_article):
    page = make_article("Sailing")
    page.related = RelatedPages(pinned=(3,), hidden=(4,))
    revision = page.save_revision()
    assert revision.as_object().related == RelatedPages((3,), (4,))
    assert ArticlePage.objects.get(pk=page.pk).related == RelatedPages()
    revision.publish()
    assert ArticlePage.objects.get(pk=page.pk).related == RelatedPages((3,), (4,))


def test_wagtails_usage_knows_who_pins_a_page_and_says_nothing_of_who_hides_it(make_article):
    cake, bread = make_article("Cake"), make_article("Bread")
    page = make_article("Sailing", related=RelatedPages(pinned=(cake.pk,), hidden=(bread.pk,)))
    (reference,) = ReferenceIndex.get_references_to(cake).filter(object_id=page.pk)
    assert (reference.model_path, reference.describe_source_field()) == ("related.pinned", "Related pages")
    assert not ReferenceIndex.get_references_to(bread).filter(object_id=page.pk)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("not JSON", "not a choice of related pages"),
        ("[1]", "not a choice of related pages"),
        ({"pinned": 1}, "not a choice of related pages"),
        ({"other": []}, "not a choice of related pages"),
        ({"pinned": ["<b>"]}, "“<b>” is not the id of a page"),
        ({"pinned": [True]}, "“True” is not the id of a page"),
        ({"pinned": [2**63]}, "is not the id of a page"),
        ({"pinned": [1, 1]}, "cannot be chosen twice"),
        ({"pinned": [1], "hidden": [1]}, "Page 1 cannot be both pinned and hidden"),
        ({"pinned": list(range(1, 52))}, "No more than 50 pages can be pinned"),
        ({"hidden": list(range(1, 202))}, "No more than 200 pages can be hidden"),
    ],
)
def test_an_invalid_value_is_refused_with_the_reason(value, message):
    sent = value if isinstance(value, str) else json.dumps(value)
    for field in (RelatedPagesFormField(required=False), RelatedPagesField()):
        with pytest.raises(ValidationError, match=message):
            field.to_python(sent)


def test_a_page_cannot_be_related_to_itself(make_article):
    page = make_article("Sailing")
    page.related = RelatedPages(pinned=(page.pk,))
    with pytest.raises(ValidationError, match="cannot be related to itself"):
        page.full_clean()


def test_a_form_tells_another_choice_from_the_same_one():
    field, choice = RelatedPagesFormField(required=False), RelatedPages((3, 1))
    assert not field.has_changed(choice, field.prepare_value(choice))
    assert field.has_changed(choice, '{"pinned": [1, 3]}')
    assert field.has_changed(choice, "nonsense")


def test_migrations_name_its_public_place_and_nothing_that_every_field_has():
    _, path, args, options = ArticlePage._meta.get_field("related").deconstruct()
    assert (path, args) == ("wagtail_vector_search.curation.RelatedPagesField", [])
    assert options == {"verbose_name": "related pages"}


@pytest.mark.django_db(databases=[])
def test_the_field_belongs_on_a_page_type_and_once():
    class Meta:
        app_label = "testapp"

    attributes = {"__module__": __name__, "Meta": Meta}
    fields = {"first": RelatedPagesField(), "second": RelatedPagesField()}
    pages: Any = type("TwiceCurated", (Page,), {**attributes, **fields})
    other: Any = type("NoPage", (models.Model,), {**attributes, "related": RelatedPagesField()})
    try:
        assert [message.id for message in pages._meta.get_field("first").check()] == []
        assert [message.id for message in pages._meta.get_field("second").check()] == ["wagtail_vector_search.E012"]
        assert [message.id for message in other._meta.get_field("related").check()] == ["wagtail_vector_search.E011"]
    finally:
        for model in (pages, other):
            del ArticlePage._meta.apps.all_models["testapp"][model._meta.model_name]
        ArticlePage._meta.apps.clear_cache()


def test_publishing_costs_no_statement_more_with_a_choice(make_article):
    def cost(page):
        revision = page.save_revision()
        with CaptureQueriesContext(connection) as captured:
            revision.publish()
        return len(captured)

    first, plain, curated = (make_article(title) for title in ("First", "Plain", "Curated"))
    cost(first)
    curated.related = RelatedPages(hidden=(first.pk,))
    assert cost(curated) == cost(plain)
