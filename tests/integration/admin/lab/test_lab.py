"""The lab shows one query in three ways, side by side, and says what it means."""

from math import isfinite

import pytest
from bs4 import BeautifulSoup
from django.test import RequestFactory, override_settings
from wagtail.admin.menu import reports_menu
from wagtail.models import Locale, Site
from wagtail.users.models import UserProfile

from wagtail_vector_search.admin.lab import searching
from wagtail_vector_search.admin.permissions import USE_LAB
from wagtail_vector_search.models import Generation
from wagtail_vector_search.providers.deterministic import DeterministicProvider
from wagtail_vector_search.retrieval import Legs, rank_pages

from .conftest import columns_of, text_of, titles_in

pytestmark = pytest.mark.django_db


def test_the_three_ways_are_side_by_side(lab, site):
    columns = columns_of(lab.page("bread from the oven"))
    assert list(columns) == ["words", "both", "meaning"]
    assert titles_in(columns["words"])[0] == "Baking bread"
    assert set(titles_in(columns["words"])) == {"Baking bread", "Breakfast"}
    # The meaning finds any page that is read, however far away: also the section, and the page above it.
    assert {"Baking bread", "Breakfast", "Harbour at dawn", "Open section"} < set(titles_in(columns["meaning"]))


def test_each_result_shows_its_passage_with_the_words_marked(lab, site):
    result = columns_of(lab.page("hot oven"))["both"].select_one(".vs-result")
    assert text_of(result.select_one(".vs-result__passage")).startswith("Flour, water")
    assert {mark.get_text() for mark in result.select(".vs-result__passage mark")} == {"hot", "oven"}


def test_each_result_says_why_it_is_there(lab, site):
    why = text_of(columns_of(lab.page("hot bread harbour"))["both"].select_one(".vs-why"))
    assert "Found by its meaning and by its words." in why
    assert "Words not on the page" in why


def test_each_result_has_its_score(lab, site):
    for column in columns_of(lab.page("bread")).values():
        for result in column.select(".vs-result"):
            assert isfinite(float(text_of(result.select_one(".vs-score__number")).removeprefix("Score ")))
            assert 0 <= int(result.select_one(".vs-bar__part")["width"]) <= 100


def test_an_arrow_with_a_sentence_says_how_far_a_page_has_moved(lab, site):
    columns = columns_of(lab.page("rough sea bread", weight="1"))
    by_words = titles_in(columns["words"])
    for place, result in enumerate(columns["both"].select(".vs-result"), start=1):
        title = text_of(result.select_one(".vs-result__title"))
        sentence = text_of(result.select_one(".vs-move .w-sr-only"))
        if title not in by_words:
            assert sentence == "not found by words"
            continue
        there = by_words.index(title) + 1
        expected = "higher" if place < there else "lower" if place > there else "in the same place"
        assert expected in sentence


def test_a_misspelt_query_is_corrected_and_the_page_says_so(lab, site):
    page = lab.page("brekfast")
    assert "No page contains “brekfast”. Showing results for “breakfast”." in text_of(page.select_one(".help-info"))
    assert titles_in(columns_of(page)["words"]) == ["Breakfast"]


def test_pages_below_the_cut_off_are_counted(lab, site, configure):
    configure(CUTOFF=2)

    Generation.objects.update(background_similarity=0.1, title_similarity=0.9)
    columns = columns_of(lab.page("bread"))
    assert "1 page found. 4 more left out: not close enough matches." in text_of(columns["both"])
    assert "left out" not in text_of(columns["words"])


def test_an_empty_lab_says_what_to_try(lab, site):
    page = lab.page()
    assert page.select_one(".vs-empty")
    assert not page.select(".vs-column")


@pytest.mark.parametrize("query", ["   ", "?!", "\x00"])
def test_an_empty_query_finds_nothing_and_breaks_nothing(lab, site, query):
    assert not lab.page(query).select(".vs-result")


def test_markup_in_titles_and_queries_is_text(lab, make_article, section, build_index):
    hostile = "<img src=x onerror=alert(1)> bread " + "line\n" * 20
    make_article(hostile, "<b>bread</b> &lt;script&gt;alert(1)&lt;/script&gt;", parent=section)
    build_index()
    page = lab.page('bread"><script>alert(2)</script>')
    assert len(page.select(".vs-result")) >= 3
    assert not page.select("img[onerror]")
    assert "alert" not in "".join(script.get_text() for script in page.select("script"))


def test_the_address_holds_everything(lab_of, superuser, site):
    page = lab_of(superuser).page("bread", user="super", locale="all", weight="0.8")
    form = page.select_one("#vs-form")
    assert form["method"] == "get"
    assert form.select_one("[name=q]")["value"] == "bread"
    assert form.select_one("[name=user]")["value"] == "super"
    assert form.select_one("[name=locale] [selected]")["value"] == "all"
    assert page.select_one("[name=weight]")["value"] == "0.8"
    assert page.select_one("[data-vs-link]")["value"].endswith("?q=bread&user=super&locale=all&weight=0.8")


# Weight


def test_the_slider_starts_at_the_weight_of_the_site_and_gives_the_line_to_copy(lab, site, configure):
    configure(SEMANTIC_WEIGHT=0.4)
    page = lab.page("bread")
    assert page.select_one("[data-vs-slider]")["value"] == "0.4"
    assert page.select_one("[data-vs-setting]")["value"] == '"SEMANTIC_WEIGHT": 0.4,'


def test_the_weight_of_the_site_is_that_of_the_model_that_serves_while_another_is_built(lab, site, configure):
    configure(MODEL="wordllama")  # its vectors are not built yet
    weight = lab.page("bread").select_one("[data-vs-weight]")
    assert weight["data-vs-site-weight"] == "0.55"


def test_another_weight_changes_the_middle_column_only(lab, site):
    words, meaning = (lab.titles("bread butter sea", weight=weight) for weight in ("0", "1"))
    assert words["words"] == meaning["words"]
    assert words["meaning"] == meaning["meaning"]
    assert meaning["both"] == meaning["meaning"]
    assert words["both"] != meaning["both"]


def test_the_middle_column_can_be_fetched_alone(lab, site):

    for weight in ("0", "0.35", "1"):
        fetched = BeautifulSoup(lab.get("lab_both", q="bread sea", weight=weight).content, "html.parser")
        whole = columns_of(lab.page("bread sea", weight=weight))["both"]
        assert titles_in(fetched) == titles_in(whole)
        assert not fetched.select("html")


@pytest.fixture
def searched(monkeypatch):
    """The options of each search, as a dictionary."""
    asked: list[dict[str, object]] = []

    def spy(*args, **options):
        asked.append(options)
        return rank_pages(*args, **options)

    monkeypatch.setattr(searching, "rank_pages", spy)
    return asked


def test_fetching_the_middle_column_searches_once(lab, site, searched):
    lab.get("lab_both", q="bread", weight="0.5")
    assert [options["legs"] for options in searched] == [Legs.HYBRID]


@pytest.mark.parametrize(("locale", "language"), [("fr", "fr"), ("en", "en"), ("all", "en")])
def test_words_are_stemmed_as_in_the_language_that_is_searched(lab, site, searched, locale, language):
    lab.page("bread", locale=locale)
    assert {options["language_code"] for options in searched} == {language}


@pytest.mark.parametrize("weight", ["2", "-1", "nan", "inf", "much"])
def test_an_invalid_weight_is_an_error_of_the_form(lab, site, weight):
    page = lab.page("bread", weight=weight)
    assert page.select_one(".error-message")
    assert not page.select(".vs-column")
    assert lab.get("lab_both", q="bread", weight=weight).status_code == 400


def test_the_line_to_copy_is_written_as_python_reads_it_in_every_language(lab, lab_user, site):

    UserProfile.objects.create(user=lab_user, preferred_language="de")
    with override_settings(USE_THOUSAND_SEPARATOR=True):
        page = lab.page("bread", weight="0.45")
    assert page.select_one("[data-vs-setting]")["value"] == '"SEMANTIC_WEIGHT": 0.45,'
    assert page.select_one("[data-vs-slider]")["value"] == "0.45"


def test_keys_of_pages_are_not_written_as_numbers_with_separators(lab_of, superuser, make_article, build_index):
    page = make_article("Bread", "Bread.", pk=1234567)
    build_index()
    with override_settings(USE_THOUSAND_SEPARATOR=True, NUMBER_GROUPING=3):
        found = lab_of(superuser).page("bread").select_one("[data-vs-page]")
    assert found["data-vs-page"] == str(page.pk)


# Where to search


def test_a_language_narrows_the_search_and_says_how_words_are_stemmed(
    lab_of, superuser, home, make_article, build_index
):
    french = Locale.objects.get_or_create(language_code="fr")[0]
    make_article("Horses", "Horses run.")
    make_article("Chevaux", "Les chevaux courent.", locale=french)
    build_index()
    lab = lab_of(superuser)
    assert lab.titles("horse")["words"] == ["Horses"]
    assert lab.titles("chevaux horses", locale="fr")["words"] == ["Chevaux"]
    assert sorted(lab.titles("chevaux horses", locale="all")["words"]) == ["Chevaux", "Horses"]
    # In all languages a French word is no English one, but it is not misspelt either.
    assert not lab.page("chevaux", locale="all").select(".help-info")


def test_the_language_of_the_admin_does_not_matter(lab_of, superuser, make_article, build_index):

    UserProfile.objects.create(user=superuser, preferred_language="fr")
    make_article("Stable", "A horse runs.")
    build_index()
    lab = lab_of(superuser)
    assert lab.titles("running")["words"] == ["Stable"]
    assert not lab.page("running").select(".help-info")


def test_a_site_narrows_the_search(lab_of, superuser, site, articles, section):
    other = Site.objects.create(hostname="other.example", root_page=section, site_name="Other")
    lab = lab_of(superuser)
    assert set(lab.titles("bread", site=other.pk)["words"]) == {"Baking bread", "Breakfast"}
    assert "Hidden loaf" in lab.titles("bread")["words"]


def test_an_index_can_be_chosen_where_there_are_several(lab, site, settings):
    assert not lab.page().select("[name=index]")
    default = settings.WAGTAIL_VECTOR_SEARCH["default"]
    settings.WAGTAIL_VECTOR_SEARCH = {"default": default, "other": default}
    assert [option["value"] for option in lab.page().select("[name=index] option")] == ["default", "other"]
    assert "has not been built" in text_of(lab.page("bread", index="other").select_one(".help-warning"))


@pytest.mark.parametrize("asked", [{"locale": "xx"}, {"site": "99999"}, {"index": "none"}, {"site": "x"}])
def test_an_invalid_choice_is_an_error_or_nothing(lab, site, asked):
    page = lab.page("bread", **asked)
    assert page.select_one(".error-message") or page.select(".vs-column")


# When search is not what it should be


def test_the_lab_says_that_there_is_no_index(lab, articles):
    page = lab.page("bread")
    assert "has not been built yet" in text_of(page.select_one(".help-warning"))
    assert not page.select(".vs-column")


def test_words_are_shown_and_meaning_says_why_while_the_provider_is_down(lab, site):

    def fail(self, *args, **kwargs):
        raise RuntimeError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DeterministicProvider, "embed_query", fail)
        page = lab.page("bread")
    columns = columns_of(page)
    assert "by words only" in text_of(page.select_one(".help-warning"))
    assert set(titles_in(columns["words"])) == {"Baking bread", "Breakfast"}
    assert titles_in(columns["both"]) == titles_in(columns["words"])
    assert not columns["meaning"].select(".vs-result")
    assert not page.select(".vs-move")


# Cost


def test_a_page_of_the_lab_costs_the_same_statements_whatever_it_shows(
    lab, site, make_article, section, build_index, statements
):
    lab.page("bread")
    with statements() as few:
        lab.page("bread oven")
    for number in range(30):
        make_article(f"Bread {number}", f"Bread number {number} from an oven.", parent=section)
    build_index()
    lab.page("bread")
    with statements() as many:
        assert len(lab.page("bread oven").select(".vs-result")) == 30
    assert many.count <= few.count + 1  # relevance feedback, where there are pages enough
    assert many.count < 40


def test_a_query_is_embedded_once(lab, site, provider):
    before = provider.calls
    lab.page("a question that is not in the cache")
    assert provider.calls == before + 1


# The menu


def test_the_menu_of_reports_offers_the_lab_to_users_who_may_use_it(lab_of, make_editor, site):

    for user, is_offered in ((make_editor("with", USE_LAB), True), (make_editor("without"), False)):
        request = RequestFactory().get("/")
        request.user = user
        names = [item.name for item in reports_menu.menu_items_for_request(request)]
        assert ("search-lab" in names) is is_offered
