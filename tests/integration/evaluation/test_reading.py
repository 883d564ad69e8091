"""Which pages judgments are about."""

import io

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Locale, Page, PageViewRestriction, Site

from tests.tally import tally
from wagtail_vector_search.evaluation import read_judgments
from wagtail_vector_search.exceptions import JudgmentsError

pytestmark = pytest.mark.django_db


def read(*rows, **options):
    return read_judgments(io.StringIO("\n".join(["query,page,grade", *rows])), **options)


def grades(*rows, **options):
    judgments = read(*rows, **options)
    assert judgments.left_out == ()
    return {query.text: dict(query.grades) for query in judgments.queries}


@pytest.fixture
def about(home):
    return home.add_child(instance=Page(title="About", slug="about"))


@pytest.fixture
def other_site(home):
    root = home.get_parent().add_child(instance=Page(title="Other", slug="other"))
    Site.objects.create(hostname="other.example", port=8000, root_page=root)
    return root.add_child(instance=Page(title="About others", slug="about"))


@pytest.fixture
def french(home):
    """The French tree beside the English one, as Wagtail's own translation tools make it."""
    locale = Locale.objects.create(language_code="fr")
    root = home.copy_for_translation(locale)
    root.slug, root.title = "accueil", "Accueil"
    root.save_revision().publish()
    return root.add_child(instance=Page(title="À propos", slug="à-propos", locale=locale))


@pytest.mark.parametrize(
    "reference",
    [
        "{pk}",
        " {pk} ",
        "/about/",
        "/about",
        "/about/#team",
        "/about/?utm=1",
        "http://localhost/about/",
        "HTTPS://LOCALHOST:8000/about",
    ],
)
def test_a_page_is_a_number_a_path_or_an_address(about, reference):
    assert grades(f"who,{reference.format(pk=about.pk)},2") == {"who": {about.pk: 2}}


def test_the_home_page_is_a_slash(home):
    assert grades("start,/,1", "begin,http://localhost,1") == {"start": {home.pk: 1}, "begin": {home.pk: 1}}


def test_an_address_is_read_at_its_own_site(about, other_site):
    found = grades("who,http://other.example:8000/about/,1", "we,/about/,1")
    assert found == {"who": {other_site.pk: 1}, "we": {about.pk: 1}}


def test_the_port_decides_between_sites_of_one_host(about, other_site):
    Site.objects.filter(hostname="other.example").update(hostname="localhost")
    Site.clear_site_root_paths_cache()
    found = grades("who,http://localhost:8000/about/,1", "we,http://localhost/about/,1")
    assert found == {"who": {other_site.pk: 1}, "we": {about.pk: 1}}


@pytest.mark.parametrize(("scheme", "port", "not_meant"), [("http", 80, 443), ("https", 443, 80)])
def test_an_address_without_a_port_has_that_of_its_scheme(about, other_site, scheme, port, not_meant):
    Site.objects.filter(hostname="localhost").update(port=not_meant)
    Site.objects.filter(hostname="other.example").update(hostname="localhost", port=port)
    Site.clear_site_root_paths_cache()
    assert grades(f"who,{scheme}://localhost/about/,1") == {"who": {other_site.pk: 1}}


def test_addresses_with_a_language_lead_to_the_page_in_it(french, about, settings):
    settings.ROOT_URLCONF = "testproject.urls"
    rows = ("qui,/fr/à-propos/,2", "qui encore,http://localhost/fr/%C3%A0-propos/,2", "who,/about/,2")
    assert grades(*rows) == {"qui": {french.pk: 2}, "qui encore": {french.pk: 2}, "who": {about.pk: 2}}


def test_a_query_with_pages_in_two_locales_is_asked_in_each(french, about):
    queries = read(f"who,{about.pk},2", f"who,{french.pk},1").queries
    assert [(query.text, query.language_code, query.grades) for query in queries] == [
        ("who", "en", {about.pk: 2}),
        ("who", "fr", {french.pk: 1}),
    ]


def test_a_query_is_one_query_on_a_site_without_locales(home, about, settings):
    settings.WAGTAIL_I18N_ENABLED = False
    locale = Locale.objects.create(language_code="fr")
    french = home.add_child(instance=Page(title="À propos", slug="à-propos", locale=locale))
    (query,) = read(f"who,{about.pk},2", f"who,{french.pk},1").queries
    assert (query.language_code, query.grades) == ("", {about.pk: 2, french.pk: 1})


def test_one_locale_can_be_chosen(french, about):
    judgments = read(f"who,{about.pk},2", f"who,{french.pk},1", language_code="fr")
    assert [query.grades for query in judgments.queries] == [{french.pk: 1}]
    assert str(judgments.left_out[0]) == f'Line 2: "who", {about.pk}: the page is in the locale "en"'


@pytest.mark.parametrize("hide", ["delete", "unpublish", "restrict", "restrict_above"])
def test_a_page_that_visitors_cannot_find_is_told_and_does_not_count(about, home, hide):
    tally("hidden pages judged")
    page = about.add_child(instance=Page(title="Team", slug="team"))
    if hide == "delete":
        page.delete()
    elif hide == "unpublish":
        page.unpublish()
    else:
        restricted = page if hide == "restrict" else about
        PageViewRestriction.objects.create(page=restricted, restriction_type="login")
    judgments = read(f"who,{page.pk},2", "who,/about/team/,2", f"who,{home.pk},1")
    assert [query.grades for query in judgments.queries] == [{home.pk: 1}]
    assert [str(judgment) for judgment in judgments.left_out] == [
        f'Line 2: "who", {page.pk}: there is no such page that visitors can find',
        'Line 3: "who", /about/team/: there is no such page that visitors can find',
    ]


def test_an_alias_is_found_under_its_source_only(about):
    alias = about.create_alias(update_slug="again")
    assert [judgment.page for judgment in read(f"who,{alias.pk},2").left_out] == [str(alias.pk)]


def test_a_group_that_may_see_a_page_does_not_make_it_public(about):
    restriction = PageViewRestriction.objects.create(page=about, restriction_type="groups")
    restriction.groups.add(Group.objects.create(name="Staff"))
    assert len(read("who,/about/,2").left_out) == 1


def test_a_query_without_any_good_page_is_told_and_does_not_count(about, home):
    judgments = read(f"who,{about.pk},0", f"who,{home.pk},bad", f"where,{about.pk},1")
    assert [query.text for query in judgments.queries] == ["where"]
    assert [judgment.line for judgment in judgments.left_out] == [2, 3]
    assert "no page of this query has a grade above 0" in judgments.left_out[0].reason


def test_every_line_counts_or_is_told(about, home):
    rows = [f"who,{about.pk},2", f"who,{home.pk},0", "who,99999,1", f"nothing,{home.pk},0"]
    judgments = read(*rows)
    assert judgments.count + len(judgments.left_out) == len(rows)


def test_a_judgment_may_stand_there_twice(about):
    assert grades(f"who,{about.pk},2", "who,/about/,good") == {"who": {about.pk: 2}}


def test_two_grades_for_one_page_are_an_error_however_the_page_is_called(about):
    with pytest.raises(JudgmentsError) as raised:
        read(f"who,{about.pk},2", "who,/about/,0")
    assert raised.value.problems == ('Line 3: "who", /about/ has grade 0 here and 2 on line 2: delete one of them.',)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("about", "it is no page: type its number or its address, such as 42, /about/ or https://example.org/about/"),
        ("//localhost/about/", "it is no page"),
        ("javascript:alert(1)", "it is no page"),
        ("1; DROP TABLE pages", "it is no page"),
        ("9" * 5000, "it is no page"),
        ("http://elsewhere.example/about/", "it is at none of the sites (localhost): type the path alone"),
        ("http:///about/", "it is at none of the sites"),
        ("http://localhost:port/about/", "it is no address"),
        ("http://[localhost/about/", "it is no address"),
    ],
)
def test_a_reference_that_is_no_page_is_reported_with_what_to_type(about, reference, message):
    tally("hostile references to pages")
    with pytest.raises(JudgmentsError) as raised:
        read(f'who,"{reference}",2')
    (problem,) = raised.value.problems
    assert problem.startswith('Line 2: "')
    assert message in problem


@pytest.mark.parametrize(
    "reference",
    [
        "9" * 18,
        "9" * 30,
        "-1",
        "/%00/",
        "/about/%00",
        "/" + "a/" * 300,
        "/../../etc/passwd",
        "/%f0%28/",
        "/ab\u202eout/",
    ],
)
def test_a_reference_to_no_page_of_this_site_is_reported_and_does_no_harm(about, reference):
    tally("hostile references to pages")
    judgments = read(f'who,"{reference}",2', f"where,{about.pk},1")
    known = [judgment.line for judgment in judgments.left_out]
    # Without its control character it may be the name of a page.
    assert known == [2] or "who" in {query.text for query in judgments.queries}


def test_mistakes_of_every_kind_are_told_at_once_in_the_order_of_the_lines(about):
    rows = ("who,nowhere,2", "who,1", f"who,{about.pk},9", f"who,{about.pk},1", f"who,{about.pk},2", "we,nowhere,1")
    with pytest.raises(JudgmentsError) as raised:
        read(*rows)
    lines = [problem.partition(":")[0] for problem in raised.value.problems]
    assert lines == ["Line 2", "Line 3", "Line 4", "Line 6", "Line 7"]


def test_a_file_of_bytes_is_read_too(about):
    data = f"\ufeffquery,page,grade\r\nüber uns,{about.pk},3\r\n".encode()
    assert read_judgments(io.BytesIO(data)).queries[0].text == "über uns"
