"""``manage.py evaluate_search``."""

import io
import json
import sys

import pytest
from django.core.management import CommandError
from wagtail.models import Locale, Page

from tests.integration.evaluation.other_words import MEANT, OtherWordsProvider
from wagtail_vector_search.evaluation import choose_backends, evaluate, read_judgments
from wagtail_vector_search.exceptions import EvaluationError
from wagtail_vector_search.models import Generation, SearchEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def meaning(site, write):
    """Judgments of a visitor who wants what a word means."""
    return write(*((word, site[meant].pk, 3) for word, meant in MEANT.items()))


@pytest.fixture
def words(site, write):
    """Judgments of a visitor who wants the word itself."""
    return write(*((word, site[word].pk, 3) for word in MEANT))


def figures(run, *arguments):
    return json.loads(run(*arguments, "--json", "-")[0])


def test_every_configured_backend_is_compared(run, meaning):
    backends = figures(run, meaning)["backends"]
    assert list(backends) == ["default", "hybrid", "semantic", "keyword"]
    assert backends["semantic"]["ndcg"] == 1.0
    assert backends["default"]["ndcg"] == backends["keyword"]["ndcg"] == 0.0
    assert backends["default"]["without_answer"] == len(MEANT)
    assert backends["semantic"]["without_answer"] == 0
    assert backends["default"]["results"] == 1.0


def test_the_table_tells_it_to_people(run, meaning):
    out, err = run(meaning)
    lines = {line.split()[0]: line.split() for line in out.splitlines() if line}
    assert f"{len(MEANT)} judgments of {len(MEANT)} queries count, 0 do not." in out
    assert lines["semantic"][1:5] == ["1.0000"] * 4
    assert lines["default"][1:7] == ["0.0000"] * 4 + ["1.0", str(len(MEANT))]
    assert lines["default"][7:] == ["1.0000", "[+1.0000,", "+1.0000]"]
    behind = {name: lines[name][7:] for name in ("hybrid", "semantic") if lines[name][1] == "1.0000"}
    assert [] in behind.values()  # the best is behind none
    assert err == ""


def test_only_the_backends_that_are_named_are_asked(run, meaning):
    assert list(figures(run, meaning, "--backend", "semantic", "--backend", "default")["backends"]) == [
        "semantic",
        "default",
    ]


def test_ours_can_be_named_where_they_are_not_configured(run, meaning, settings):
    settings.WAGTAILSEARCH_BACKENDS = {"default": settings.WAGTAILSEARCH_BACKENDS["default"]}
    found = figures(run, meaning, "--backend", "semantic")["backends"]
    assert found["wagtail_vector_search.backends.semantic"]["ndcg"] == 1.0


def test_wagtails_own_search_is_the_baseline_where_only_ours_are_configured(settings):
    hybrid = {"BACKEND": "wagtail_vector_search.backends.hybrid"}
    settings.WAGTAILSEARCH_BACKENDS = {"default": hybrid, "other": {**hybrid, "INDEX": "other"}}
    assert choose_backends() == ["default", "other", "modelsearch.backends.database"]
    assert choose_backends("other") == ["other", "modelsearch.backends.database"]


def test_an_index_leaves_out_the_backends_of_others_and_keeps_the_baseline(settings):
    settings.WAGTAILSEARCH_BACKENDS = {
        **settings.WAGTAILSEARCH_BACKENDS,
        "other": {"BACKEND": "wagtail_vector_search.backends.hybrid", "INDEX": "other"},
    }
    assert choose_backends("other") == ["default", "other"]
    assert "other" not in choose_backends("default")


def test_k_is_how_far_visitors_look(run, site, write, configure):
    configure(SEMANTIC_WEIGHT=0.2)
    # The word's own page comes first, what it means second: one result is not enough.
    path = write(*((word, site[meant].pk, 1) for word, meant in MEANT.items()))
    hybrid = ("--backend", "hybrid", "--k")
    ten, one = figures(run, path, *hybrid, "10"), figures(run, path, *hybrid, "1")
    assert ten["backends"]["hybrid"]["recall"] == 1.0
    assert one["backends"]["hybrid"]["recall"] < 1.0


def test_hidden_pages_are_results_of_no_backend(run, site, write):
    Page.objects.filter(pk=site["ship"].pk).update(live=False)
    path = write(("ship", site["vessel"].pk, 3))
    assert figures(run, path, "--backend", "default")["backends"]["default"]["results"] == 0.0


def test_a_query_is_asked_in_the_locale_of_its_pages(run, site, write, build_index):
    french = Locale.objects.create(language_code="fr")
    Page.objects.filter(pk__in=[site["ship"].pk, site["hat"].pk]).update(locale=french)
    build_index()
    path = write(("ship", site["ship"].pk, 3), ("bread", site["bread"].pk, 3))
    found = figures(run, path, "--backend", "semantic")
    assert [query["locale"] for query in found["queries"]] == ["fr", "en"]
    assert [query["results"] for query in found["backends"]["semantic"]["queries"]] != [0, 0]
    assert found["backends"]["semantic"]["queries"][0]["results"] <= 2
    assert figures(run, path, "--locale", "fr")["left_out"][0]["line"] == 3


def test_the_worst_queries_of_the_best_backend_are_listed(run, site, write):
    path = write(("ship", site["vessel"].pk, 3), ("bread", site["bread"].pk, 3))
    out = run(path, "--backend", "semantic", "--worst", "1")[0]
    assert "Queries that semantic answers worst" in out
    listed = out.partition("answers worst")[2]
    assert "bread (en)" in listed
    assert "ship" not in listed
    assert "answers worst" not in run(path, "--worst", "0")[0]


def test_a_query_with_too_many_words_for_a_backend_counts_as_unanswered(run, site, write):
    path = write((" ".join(f"w{number}" for number in range(500)), site["ship"].pk, 3), ("ship", site["ship"].pk, 3))
    default = figures(run, path, "--backend", "default")["backends"]["default"]
    assert (default["failed"], default["ndcg"]) == (1, 0.5)
    assert "1 searches failed" in run(path, "--backend", "default")[0]


def test_searches_without_vectors_are_told(run, meaning):
    Generation.objects.update(state=Generation.State.RETIRED)
    out, _ = run(meaning, "--backend", "hybrid")
    assert f"hybrid: {len(MEANT)} searches went on with words alone." in out


def test_the_budget_of_visitors_is_left_to_them(run, meaning, configure, monkeypatch):
    monkeypatch.setattr(OtherWordsProvider, "is_local", False)
    configure(QUERY_CALLS_PER_MINUTE=1, QUERY_CALLS_PER_MINUTE_PER_PROCESS=1, QUERY_DEADLINE=30)
    semantic = figures(run, meaning, "--backend", "semantic")["backends"]["semantic"]
    assert (semantic["degraded"], semantic["ndcg"]) == (0, 1.0)
    assert not SearchEvent.objects.filter(kind=SearchEvent.Kind.EMBEDDING_CALLS).exists()


def test_judgments_that_do_not_count_are_told_and_the_rest_is_measured(run, site, write):
    path = write(("ship", site["ship"].pk, 3), ("bread", 999999, 3), ("hat", "/gone/", 1))
    out, err = run(path, "--backend", "keyword")
    assert err.splitlines() == [
        'Line 3: "bread", 999999: there is no such page that visitors can find',
        'Line 4: "hat", /gone/: there is no such page that visitors can find',
    ]
    assert "1 judgments of 1 queries count, 2 do not." in out


def test_bad_rows_are_all_told_and_nothing_is_measured(run, site, write):
    with pytest.raises(CommandError) as raised:
        run(write(("ship", site["ship"].pk, 3), ("bread", "nowhere", 3), ("hat", site["hat"].pk, "best")))
    assert [line[:7] for line in str(raised.value).splitlines()[1:]] == ["Line 3:", "Line 4:"]


def test_check_only_reads(run, meaning, monkeypatch):
    monkeypatch.setattr("modelsearch.queryset.SearchableQuerySetMixin.search", None)
    said = f"{len(MEANT)} judgments of {len(MEANT)} queries count, 0 do not.\n"
    assert run(meaning, "--check", "--tune") == (said, "")


def test_a_dash_reads_standard_input(run, site, monkeypatch):
    data = f"query,page,grade\nship,{site['ship'].pk},3\n".encode("utf-8-sig")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run("-", "--check")[0].startswith("1 judgments of 1 queries count")


def test_json_has_all_of_it(run, meaning, tmp_path):
    out = run(meaning, "--backend", "semantic", "--json", str(tmp_path / "out.json"), "--tune")[0]
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert "semantic" in out
    assert found["best"] == "semantic"
    assert found["queries"][0] == {"query": "ship", "locale": "en", "judged": 1}
    assert found["backends"]["semantic"]["queries"][0]["ndcg"] == 1.0
    assert found["tuning"]["best"] > 0.5
    assert len(found["tuning"]["weights"]) == len(found["tuning"]["scores"]) == 21


def test_tune_finds_that_meaning_serves_best(run, meaning, configure):
    configure(SEMANTIC_WEIGHT=0.1)
    tuning = figures(run, meaning, "--backend", "hybrid", "--tune")["tuning"]
    assert tuning["best"] > 0.5
    assert (tuning["is_gain"], tuning["too_few"]) == (True, True)
    assert tuning["cross_validated"] == 1.0
    out = run(meaning, "--backend", "hybrid", "--tune")[0]
    assert f'    "SEMANTIC_WEIGHT": {tuning["best"]:g},' in out
    assert f"only {len(MEANT)} queries" in out

    configure(SEMANTIC_WEIGHT=tuning["best"])
    assert figures(run, meaning, "--backend", "hybrid")["backends"]["hybrid"]["ndcg"] == 1.0


def test_tune_finds_that_words_serve_best(run, words, configure):
    configure(SEMANTIC_WEIGHT=0.9)
    tuning = figures(run, words, "--backend", "hybrid", "--tune")["tuning"]
    assert tuning["best"] < 0.5
    assert tuning["is_gain"]


def test_tune_changes_nothing_where_nothing_is_gained(run, words, configure):
    configure(SEMANTIC_WEIGHT=0.1)
    out = run(words, "--backend", "hybrid", "--tune")[0]
    assert "There is nothing to change." in out
    assert '"SEMANTIC_WEIGHT":' not in out


def test_tune_embeds_no_query_twice(run, meaning, provider):
    run(meaning, "--backend", "semantic")
    before = provider.calls
    run(meaning, "--backend", "semantic", "--tune")
    assert provider.calls == before


def test_one_query_cannot_be_tuned_by(run, site, write):
    with pytest.raises(CommandError, match="A weight cannot be chosen by 1 queries"):
        run(write(("ship", site["ship"].pk, 3)), "--tune")


def test_an_index_that_is_not_built_cannot_be_tuned(run, meaning):
    Generation.objects.update(state=Generation.State.RETIRED)
    with pytest.raises(CommandError, match="update_vector_index"):
        run(meaning, "--backend", "default", "--tune")


def test_queries_that_cannot_be_embedded_cannot_be_tuned_by(run, meaning, monkeypatch):
    def fail(self, texts, *, kind):
        raise RuntimeError("no vectors today")

    monkeypatch.setattr(OtherWordsProvider, "_embed", fail)
    with pytest.raises(CommandError, match="answered by words alone"):
        run(meaning, "--backend", "default", "--tune")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--backend", "nowhere"], "nowhere"),
        (["--index", "nowhere"], 'no index "nowhere"'),
        (["--locale", "de"], r'no locale "de" \(locales: en\)'),
        (["--k", "0"], "--k"),
        (["--worst", "-1"], "--worst"),
    ],
)
def test_a_mistake_is_told_in_one_line(run, meaning, arguments, message):
    with pytest.raises(CommandError, match=message):
        run(meaning, *arguments)


def test_a_file_that_is_not_there_is_told(run, db):
    with pytest.raises(CommandError, match=r"No such file .*nowhere\.csv"):
        run("nowhere.csv")


def test_a_file_without_judgments_is_told(run, site, write):
    with pytest.raises(CommandError, match="nothing to compare"):
        run(write())


def test_there_must_be_something_to_compare(site):
    judgments = read_judgments(io.StringIO(f"query,page,grade\nship,{site['ship'].pk},3"))
    with pytest.raises(EvaluationError, match="no search backend is named"):
        evaluate(judgments, [])
