"""A project is told of pages that visitors may not find any more, after the commit, so that it can purge its caches."""

import pytest
from django.db import transaction
from wagtail.models import Page, PageViewRestriction

from tests.testapp.models import OptionalPage
from wagtail_vector_search import pages_withdrawn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told():
    """What a receiver was told, in order."""
    calls = []

    def receive(page_id, subtree, **kwargs):
        calls.append((page_id, subtree))

    pages_withdrawn.connect(receive)
    yield calls
    pages_withdrawn.disconnect(receive)


def test_unpublishing_closing_moving_and_deleting_are_told(told, make_article, home, build_index):
    page, section, closed = make_article("Page"), make_article("Section"), make_article("Closed")
    build_index()
    page.unpublish()
    assert told == [(page.pk, False)]
    PageViewRestriction.objects.create(page=closed, restriction_type="login")
    assert told[1:] == [(closed.pk, True)]
    section.move(Page.objects.get(pk=closed.pk), pos="last-child")
    assert told[2:] == [(section.pk, True)]
    Page.objects.get(pk=page.pk).delete()
    assert (page.pk, True) in told[3:]


def test_a_page_that_its_class_keeps_out_is_told(told, home, build_index):
    page = home.add_child(instance=OptionalPage(title="Optional"))
    build_index()
    page.hide_from_search = True
    page.save_revision().publish()
    assert (page.pk, False) in told


def test_publishing_tells_nothing(told, make_article, build_index):
    build_index()
    page = make_article("Page", live=False)
    page.save_revision().publish()
    assert told == []


def test_nothing_is_told_before_the_commit_or_of_what_is_undone(told, make_article):
    page = make_article("Page")
    with transaction.atomic():
        page.unpublish()
        assert told == []
    assert told == [(page.pk, False)]
    told.clear()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        PageViewRestriction.objects.create(page=page, restriction_type="login")
        raise ZeroDivisionError
    assert told == []


def test_a_receiver_that_fails_harms_no_edit(make_article, caplog):
    def fail(**kwargs):
        raise RuntimeError("no cache")

    pages_withdrawn.connect(fail)
    try:
        page = make_article("Page")
        page.unpublish()
    finally:
        pages_withdrawn.disconnect(fail)
    assert not Page.objects.get(pk=page.pk).live
    assert "A receiver of pages_withdrawn failed" in caplog.text


def test_where_the_project_commits_by_itself_it_is_told_at_once(told, make_article):
    page = make_article("Sailing")
    transaction.set_autocommit(False)
    try:
        PageViewRestriction.objects.create(page=page.page_ptr, restriction_type="login")
        assert told == [(page.pk, True)]
        transaction.commit()
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
