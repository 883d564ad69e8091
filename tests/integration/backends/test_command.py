"""``manage.py vector_search``."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Locale, Page

from tests.kept import kept
from wagtail_vector_search.models import Generation

pytestmark = pytest.mark.django_db


@pytest.fixture
@kept
def site(make_article, build_index):
    from tests.testapp.models import ArticlePage

    make_article("Harbour", "A boat rests in the harbour by the sea.")
    page = make_article("Bread")
    page = ArticlePage.objects.get(pk=page.pk)
    page.body = [("heading", "Baking"), ("paragraph", "<p>Flour and water become bread in an oven.</p>")]
    page.save()
    build_index()


def run(*args):
    out, err = StringIO(), StringIO()
    call_command("vector_search", *args, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


def test_the_command_prints_rank_score_legs_title_url_and_passage(site):
    out, err = run("bread from an oven", "--limit", "1")
    first, link, passage = out.splitlines()
    assert first.split()[0] == "1"
    assert first.endswith("Bread  [semantic + keyword]")
    assert link.strip() == "http://localhost/bread-2/#baking"
    assert passage.strip() == "Baking: Flour and water become bread in an oven."
    assert err == ""


def test_json_has_all_of_it(site):
    found = json.loads(run("bread from an oven", "--limit", "1", "--json")[0])
    assert (found["degraded"], found["degraded_reason"]) == (False, "")
    (result,) = found["results"]
    assert found["count"] >= 1
    assert (result["rank"], result["title"], result["heading"], result["anchor"]) == (1, "Bread", "Baking", "baking")
    assert isinstance(result["score"], float)


@pytest.mark.parametrize(
    "backend", ["hybrid", "semantic", "keyword", "wagtail_vector_search.backends.hybrid", "default"]
)
def test_any_backend_can_be_asked(site, backend):
    call_command("update_index", stdout=StringIO())
    assert "Bread" in run("bread", "--backend", backend)[0]


def test_ours_can_be_asked_where_they_are_not_configured(site, settings):
    settings.WAGTAILSEARCH_BACKENDS = {"default": settings.WAGTAILSEARCH_BACKENDS["default"]}
    assert "Bread" in run("bread", "--backend", "semantic")[0]


@pytest.mark.parametrize("backend", ["hybrid", "default"])
def test_hidden_pages_are_not_printed_by_any_backend(site, backend):
    call_command("update_index", stdout=StringIO())
    Page.objects.filter(title="Bread").update(live=False)
    assert "Bread" not in run("bread", "--backend", backend)[0]


def test_a_locale_narrows_the_pages_and_sets_the_language(site):
    french = Locale.objects.create(language_code="fr")
    Page.objects.filter(title="Bread").update(locale=french)
    assert "Bread" in run("bread", "--locale", "fr")[0]
    assert "Bread" not in run("bread", "--locale", "en")[0]


def test_nothing_found_says_so(site):
    assert run("?!")[0] == "Nothing found.\n"


def test_a_degraded_search_says_so(site):
    Generation.objects.update(state=Generation.State.RETIRED)
    assert "not_built" in run("bread")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--backend", "nowhere"], "nowhere"),
        (["--locale", "de"], r'no locale "de" \(locales: en\)'),
        (["--limit", "0"], "--limit"),
    ],
)
def test_a_mistake_is_told_in_one_line(site, arguments, message):
    with pytest.raises(CommandError, match=message):
        run("bread", *arguments)


def test_settings_that_cannot_be_read_are_told_in_one_line(site, settings):
    settings.WAGTAIL_VECTOR_SEARCH = {"default": {"MODLE": "typo"}}
    with pytest.raises(CommandError, match="MODLE"):
        run("bread")
