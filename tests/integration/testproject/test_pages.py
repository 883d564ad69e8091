"""What stands on the pages of the demo site."""

import re
from html import unescape

import pytest
from wagtail.models import Page

from testproject.library.models import ArticlePage, SectionPage
from wagtail_vector_search.content import extract_document

pytestmark = [pytest.mark.usefixtures("small_site"), pytest.mark.django_db]


def get(client, page):
    response = client.get(page.url)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_every_heading_that_search_knows_can_be_linked_to(client):
    for name in ("threading", "Format String Syntax", "textwrap.TextWrapper"):
        page = ArticlePage.objects.filter(title__startswith=name).first()
        anchors = {section.anchor for section in extract_document(page).sections if section.anchor}
        ids = re.findall(r'<h2 id="([^"]+)"', get(client, page))
        assert anchors <= set(ids)
        assert anchors or name == "Format String Syntax"


def test_equal_headings_can_be_linked_to_each(client):
    page = ArticlePage.objects.get(title='The "break" statement')
    page.body = [("heading", "C"), ("code", "x"), ("heading", "C++"), ("heading", "C"), ("heading", "???")]
    page.save()
    anchors = [section.anchor for section in extract_document(page).sections if section.heading]
    assert anchors == ["c", "c-2", "c-3", "section"]
    assert re.findall(r'<h2 id="([^"]+)">[^<]*</h2>', get(client, page))[: len(anchors)] == anchors


def test_an_article_shows_where_it_is_and_what_is_below(client):
    html = get(client, ArticlePage.objects.get(title__startswith="threading — "))
    assert re.search(r'aria-label="You are here".*Library of Python.*Doing several things at once', html, re.DOTALL)
    assert "threading.Thread" in html.partition("In this section")[2]


def test_an_article_shows_related_pages_in_its_language_and_never_itself_or_private_ones(client):
    page = ArticlePage.objects.get(title='The "break" statement')
    aside = get(client, page).partition('id="related"')[2].partition("</aside>")[0]
    assert 'The "continue" statement' in aside or 'The "while" statement' in aside or 'The "for" statement' in aside
    assert page.title not in aside
    assert "/fr/" not in aside
    assert aside.count("<li>") == 5


def test_code_is_shown_as_it_is_written(client):
    html = get(client, ArticlePage.objects.get(title='The "for" statement'))
    assert re.search(r"<pre[^>]*><code>for i in range\(10\):\n    print\(i\)", html)


def test_home_lists_the_sections_and_shows_which_is_locked(client):
    html = get(client, Page.objects.get(depth=2, slug="home-en"))
    for section in SectionPage.objects.filter(locale__language_code="en"):
        assert section.title in html
    assert html.count("members only") == 1


def test_private_pages_ask_for_a_login_and_open_with_one(client, admin_user):
    page = ArticlePage.objects.get(title="Who is on call")
    response = client.get(page.url, follow=True)
    assert "Members only" in response.content.decode()
    client.force_login(admin_user)
    html = get(client, page)
    assert "blue notebook" in html
    assert "members only" in html


def test_visitors_can_change_to_the_same_page_in_the_other_language(client):
    english = ArticlePage.objects.get(title='The "break" statement')
    assert 'href="/fr/premiers-pas/linstruction-break/" lang="fr"' in get(client, english)


def test_a_page_without_a_translation_leads_to_the_other_home_page(client):
    html = get(client, ArticlePage.objects.get(title='The "while" statement'))
    assert 'href="/fr/" lang="fr"' in html


def test_a_wrong_address_still_offers_the_question_box(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert 'role="search"' in response.content.decode()
