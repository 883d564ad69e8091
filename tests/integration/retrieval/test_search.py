"""From a query to ranked pages."""

import pytest
from django.db.models import Count
from django.utils import translation
from wagtail.models import Locale, Page

from tests.testapp.models import ArticleLink, ArticlePage, RichTextPage
from wagtail_vector_search import SearchHit
from wagtail_vector_search.exceptions import SettingsError
from wagtail_vector_search.models import Embedding256, EntryTerms, Generation, TermFrequency
from wagtail_vector_search.ranking import constants
from wagtail_vector_search.retrieval import Legs, load_pages, rank_pages, search_degraded

pytestmark = pytest.mark.django_db

ALL_LEGS = [Legs.HYBRID, Legs.SEMANTIC, Legs.KEYWORD]


@pytest.mark.parametrize("legs", ALL_LEGS)
def test_the_page_about_the_question_comes_first(site, titles, legs):
    assert titles("how do I leave a loop early?", legs=legs)[0] == "Stopping loops"


def test_each_result_says_how_it_was_found(site, search):
    page = search("nested dictionary")[0]
    assert page.search_matched_by == ("semantic", "keyword")
    assert isinstance(page.search_score, float)
    assert page.search_passage.text.startswith("A deep copy of a nested dictionary shares nothing.")


def test_each_result_is_a_search_hit(site, search):
    assert all(isinstance(page, SearchHit) for page in search("nested dictionary"))
    assert not isinstance(site["Baking bread"], SearchHit)


def test_pages_without_the_words_are_found_by_meaning_only(site, search):
    matched_by = {page.title: page.search_matched_by for page in search("nested dictionary")}
    assert matched_by["Harbour at dawn"] == ("semantic",)


def test_the_weight_of_meaning_can_be_given_with_the_query(site, configure):
    def scores(weight=None):
        ranking = rank_pages("the harbour of bread", Page.objects.all(), semantic_weight=weight)
        return {page.page_id: page.score for page in ranking.pages}

    given = scores(0.2)
    assert given != scores(0.9) != scores()
    configure(SEMANTIC_WEIGHT=0.2)
    assert scores() == given
    assert scores(0.9) != given


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_weight_out_of_range_is_an_error(weight):
    with pytest.raises(ValueError, match="from 0 to 1"):
        rank_pages("bread", Page.objects.all(), semantic_weight=weight)


def test_scores_fall(site, search):
    scores = [page.search_score for page in search("bread and boats")]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("legs", ALL_LEGS)
def test_filters_of_the_queryset_hold(site, titles, legs):
    found = titles("the loop of a dictionary, bread", ArticlePage.objects.filter(category="code"), legs=legs)
    assert set(found) == {"Copying dictionaries", "Stopping loops"}


@pytest.mark.parametrize("legs", ALL_LEGS)
def test_a_queryset_of_a_page_type_returns_instances_of_it(site, search, home, legs):
    home.add_child(instance=RichTextPage(title="Bread", body="<p>Bread in an oven.</p>"))
    found = search("bread oven", ArticlePage.objects.all(), legs=legs)
    assert {type(page) for page in found} == {ArticlePage}


def test_specific_pages_keep_their_score_and_passage(site, search):
    page = search("nested dictionary", Page.objects.specific())[0]
    assert type(page) is ArticlePage
    assert page.search_passage.text
    assert page.search_score


@pytest.mark.parametrize(
    "queryset",
    [
        lambda: ArticlePage.objects.filter(links__label__startswith="link"),
        lambda: ArticlePage.objects.filter(links__label__startswith="link").distinct(),
        lambda: ArticlePage.objects.annotate(number=Count("links")).filter(number=3),
        lambda: ArticlePage.objects.distinct("category").order_by("category"),
        lambda: ArticlePage.objects.exclude(links__label="none").select_related("owner").prefetch_related("links"),
        lambda: ArticlePage.objects.filter(links__in=ArticleLink.objects.all()).only("title"),
        lambda: ArticlePage.objects.defer("body").extra(where=["char_length(title) > 3"]),
        lambda: Page.objects.type(ArticlePage).order_by("title").reverse().specific(defer=True),
    ],
)
@pytest.mark.parametrize("legs", ALL_LEGS)
def test_a_page_comes_once_whatever_the_queryset_joins(site, titles, queryset, legs):
    for number in range(3):
        ArticleLink.objects.create(page=site["Baking bread"], label=f"link {number}")
    assert titles("bread oven", queryset(), legs=legs).count("Baking bread") == 1


def test_pages_distinct_by_a_field_are_those_that_the_queryset_chose(site, titles):
    last_of_category = ArticlePage.objects.order_by("category", "-title").distinct("category")
    assert set(titles("nested dictionary", last_of_category)) == {"Stopping loops", "Baking bread", "Harbour at dawn"}


@pytest.mark.parametrize("queryset", [Page.objects.none, lambda: Page.objects.filter(pk__in=[])])
def test_an_empty_queryset_costs_nothing(site, queryset, statements, provider):
    provider.reset()
    with statements() as captured:
        assert rank_pages("bread", queryset()).pages == ()
    assert captured.count == provider.calls == 0


def test_nothing_is_embedded_when_no_page_can_be_returned(site, provider):
    provider.reset()
    assert rank_pages("bread", ArticlePage.objects.filter(category="nothing")).pages == ()
    assert provider.calls == 0


def test_a_sliced_queryset_is_refused():
    with pytest.raises(TypeError, match="slice"):
        rank_pages("bread", Page.objects.all()[:5])


def test_an_unknown_index_is_an_error_that_names_it():
    with pytest.raises(SettingsError, match="nowhere"):
        rank_pages("bread", Page.objects.all(), index_name="nowhere")


@pytest.mark.parametrize("query", ["", " ", "?!", "\x00"])
def test_an_empty_query_finds_nothing_and_costs_nothing(site, query, statements):
    with statements() as captured:
        ranking = rank_pages(query, Page.objects.all())
    assert (ranking.pages, ranking.answered, captured.count) == ((), True, 0)


def test_a_ranking_says_that_it_cannot_answer_before_the_index_is_built(articles):
    reasons = []

    def receiver(reason, index_name, **kwargs):
        reasons.append((index_name, reason))

    search_degraded.connect(receiver)
    try:
        ranking = rank_pages("bread", Page.objects.all())
    finally:
        search_degraded.disconnect(receiver)
    assert (ranking.answered, ranking.degraded, ranking.pages) == (False, True, ())
    assert reasons == [("default", "not_built")]


@pytest.mark.parametrize("active", ["en", "fr", "zh-hans"])
def test_a_query_is_read_in_the_language_of_the_pages_whatever_is_the_active_one(site, active):
    with translation.override(active):
        ranking = rank_pages("running dictionaries", Page.objects.all())
    assert ranking.terms == ("run", "dictionari")
    assert rank_pages("running dictionaries", Page.objects.all(), language_code=active).pages == ranking.pages


def test_a_query_is_read_in_the_languages_that_the_queryset_allows(site):
    french, german = (Locale.objects.create(language_code=code) for code in ("fr", "de"))
    Page.objects.filter(pk=site["Baking bread"].pk).update(locale=french)
    Page.objects.filter(pk=site["Harbour at dawn"].pk).update(locale=german)

    def read(queryset, language_code="en"):
        return rank_pages("chevaux", queryset, language_code=language_code).terms

    pages = Page.objects.all()
    assert read(pages.filter(locale=french)) == read(pages.filter(locale__language_code="fr")) == ("cheval",)
    assert read(pages.filter(locale__in=[french, german])) == ("cheval",)
    assert read(pages.filter(locale=german), "fr") == ("chevaux",)
    # No page has any of its terms: that of the visitor's language stands for the word.
    assert read(pages) == ("chevaux",)
    assert read(pages, "fr") == read(pages, "fr-ca") == ("cheval",)


def test_a_search_in_several_languages_finds_the_word_in_each(site, make_article, build_index, titles):
    french = Locale.objects.create(language_code="fr")
    page = make_article("Le dictionnaire", "Des dictionnaires copi\u00e9s.")
    Page.objects.filter(pk=page.pk).update(locale=french)
    build_index()
    for active in ("en", "fr"):
        with translation.override(active):
            found = titles("dictionnaire dictionaries", Page.objects.all(), legs=Legs.KEYWORD)
        assert set(found) == {"Le dictionnaire", "Copying dictionaries"}


def test_pages_of_another_language_are_found_in_it(home, make_article, build_index, titles):
    french = Locale.objects.create(language_code="fr")
    page = make_article("Chevaux", "Les chevaux courent dans les prairies.")
    Page.objects.filter(pk=page.pk).update(locale=french)
    build_index()
    with translation.override("fr"):
        assert titles("un cheval", Page.objects.filter(locale=french), legs=Legs.KEYWORD) == ["Chevaux"]


def test_chinese_is_found_by_part_of_what_stands_on_the_page(home, make_article, build_index, titles):
    chinese = Locale.objects.create(language_code="zh-hans")
    page = make_article("数据库", "全文搜索引擎可以查找文章。")
    Page.objects.filter(pk=page.pk).update(locale=chinese)
    build_index()
    with translation.override("zh-hans"):
        assert titles("搜索引擎", Page.objects.filter(locale=chinese), legs=Legs.KEYWORD) == ["数据库"]


@pytest.mark.parametrize(("weight", "first"), [(0.0, "Words"), (1.0, "Meaning")])
def test_semantic_weight_decides_which_leg_leads(home, make_article, build_index, search, settings, weight, first):
    make_article("Meaning", "Zebra zebra zebra zebra.")
    make_article("Words", "Zebra unicorn and much else that makes the passage long and tells of many other things.")
    settings.WAGTAIL_VECTOR_SEARCH = {
        "default": settings.WAGTAIL_VECTOR_SEARCH["default"] | {"SEMANTIC_WEIGHT": weight}
    }
    build_index()
    assert search("zebra unicorn")[0].title == first


def test_the_window_that_is_loaded_is_the_one_asked_for(site):
    ranking = rank_pages("bread and boats", Page.objects.all())
    everything = load_pages(ranking, Page.objects.all())
    assert load_pages(ranking, Page.objects.all(), 1, 3) == everything[1:3]
    assert load_pages(ranking, Page.objects.all(), 50, 60) == []


@pytest.fixture
def retired(site):
    """A generation that serves no more; its rows say that bread is about zebras."""
    index = Generation.objects.create(index_name="default", dimensions=256, state=Generation.State.RETIRED)
    for model in (EntryTerms, Embedding256):
        row = model.objects.get(page=site["Harbour at dawn"])
        row.pk, row.generation, row.page_id = None, index, site["Baking bread"].pk
        row.save()
    TermFrequency.objects.create(generation=index, term="boat", document_frequency=1000)
    return index


@pytest.fixture(params=["a look at every candidate", "the indexes"])
def path(request, monkeypatch, make_article, build_index):
    """Go either way to the pages, however small the site."""
    if request.param == "the indexes":
        make_article("Oven")
        build_index()
        request.getfixturevalue("walks")
        monkeypatch.setattr(constants, "MAX_CHUNKS", 5)


@pytest.mark.parametrize("legs", ALL_LEGS)
def test_only_the_active_generation_is_searched(site, path, legs, request):
    before = rank_pages("boats in the harbour", Page.objects.all(), legs=legs)
    request.getfixturevalue("retired")
    assert rank_pages("boats in the harbour", Page.objects.all(), legs=legs).pages == before.pages
