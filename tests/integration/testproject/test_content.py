"""An empty site becomes a whole one: a sound tree, two languages, a private section; or stays empty."""

import pytest
from wagtail.models import Page, PageViewRestriction, Site

from testproject.library.content.markup import body_from_blocks, inline_html
from testproject.library.content.site import build_site
from testproject.library.models import ArticlePage, HomePage, SectionPage
from testproject.library.pydocs.blocks import Block
from testproject.library.pydocs.entries import Entry

pytestmark = pytest.mark.django_db

CONTENTS = {
    "The language": [Entry('The "break" statement', blocks=[Block("paragraph", "It ends the `loop`.")])],
    "Text": [Entry("re", "Patterns", children=[Entry("re.compile", "Compile a pattern"), Entry("re.sub")])],
}


@pytest.fixture
def site():
    build_site(CONTENTS)


def test_the_tree_is_sound(site):
    assert not any(Page.find_problems())
    compiled = ArticlePage.objects.get(title="re.compile — Compile a pattern")
    assert [page.title for page in compiled.get_ancestors()][1:] == ["Library of Python", "Text", "re — Patterns"]
    assert compiled.url == "/text/re/re-compile/"


def test_pages_can_be_added_and_moved_afterwards_as_on_any_site(site):
    parent = ArticlePage.objects.get(title="re — Patterns")
    parent.add_child(instance=ArticlePage(title="Added", slug="added"))
    Page.objects.get(slug="re-sub").move(SectionPage.objects.get(slug="the-language"), pos="last-child")
    assert not any(Page.find_problems())


def test_the_home_page_is_the_root_of_the_only_site(site):
    assert Site.objects.get().root_page.specific == HomePage.objects.get(locale__language_code="en")


def test_french_pages_are_translations_of_english_ones(site):
    french = ArticlePage.objects.get(title="L'instruction break")
    assert french.locale.language_code == "fr"
    assert french.get_translations().get().title == 'The "break" statement'
    assert HomePage.objects.filter(translation_key=HomePage.objects.first().translation_key).count() == 2


def test_the_private_section_asks_for_a_login(site):
    restriction = PageViewRestriction.objects.get()
    assert restriction.restriction_type == PageViewRestriction.LOGIN
    assert restriction.page.get_descendants().live().count() >= 3


def test_a_site_that_cannot_be_finished_is_not_begun(monkeypatch):
    before = set(Page.objects.values_list("pk", flat=True))
    monkeypatch.setattr(PageViewRestriction.objects, "create", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_site(CONTENTS)
    assert set(Page.objects.values_list("pk", flat=True)) == before


def test_neighbouring_paragraphs_are_one_block():
    blocks = [Block("paragraph", "One."), Block("paragraph", "Two."), Block("code", "x = 1")]
    assert body_from_blocks(blocks) == [
        {"type": "paragraph", "value": "<p>One.</p><p>Two.</p>"},
        {"type": "code", "value": "x = 1"},
    ]


def test_headings_of_a_page_are_different_so_that_each_can_be_linked_to():
    blocks = [Block("heading", "Example"), Block("heading", "Example"), Block("heading", "Example")]
    assert [block["value"] for block in body_from_blocks(blocks)] == ["Example", "Example (2)", "Example (3)"]


def test_inline_marks_become_elements_and_markup_becomes_text():
    assert inline_html("Call ``f(<x>)`` or *not* at **all** & <b>") == (
        "Call <code>f(&lt;x&gt;)</code> or <i>not</i> at <b>all</b> &amp; &lt;b&gt;"
    )


def test_stars_of_arguments_are_no_emphasis():
    assert inline_html("print(*args, **kwargs) and 2*3*4") == "print(*args, **kwargs) and 2*3*4"
