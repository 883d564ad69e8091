"""Which index serves a semantic search on a table of 25,000 chunks: read from EXPLAIN, not from a clock."""

import uuid
from dataclasses import replace

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page

from tests.testapp.models import Embedding100
from wagtail_vector_search.database.sparse_vectors import sparse_literal
from wagtail_vector_search.models import EntryTerms, Generation, TermFrequency
from wagtail_vector_search.retrieval import Legs, rank_pages, semantic
from wagtail_vector_search.retrieval.candidates import find_candidates
from wagtail_vector_search.retrieval.semantic import SemanticLeg

PAGES = 5000
CHUNKS_PER_PAGE = 5
PROVIDER = "wagtail_vector_search.providers.deterministic.DeterministicProvider"
HNSW = "wvs_embedding100_hnsw"

# Uniform random vectors, the same at every run: the seed is per session.
FILL = f"""
    INSERT INTO {Embedding100._meta.db_table}
        (generation_id, page_id, position, heading, anchor, text, text_hash, embedding)
    SELECT %s, page.id, chunk, '', '', 'text', '', (
        SELECT array_agg(random() - 0.5) FROM generate_series(1, 100) WHERE page.id > 0 AND chunk >= 0
    )::halfvec
    FROM wagtailcore_page AS page, generate_series(0, {CHUNKS_PER_PAGE - 1}) AS chunk WHERE page.depth = 3
"""


def make_pages(count):
    home, locale = Page.objects.get(depth=2), Locale.objects.get_or_create(language_code="en")[0]
    content_type = ContentType.objects.get_for_model(Page)
    Page.objects.bulk_create(
        Page(
            path=Page._get_path(home.path, 3, number),
            depth=3,
            title=f"Page {number}",
            draft_title=f"Page {number}",
            slug=f"page-{number}",
            url_path=f"/home/page-{number}/",
            content_type=content_type,
            locale=locale,
            translation_key=uuid.uuid4(),
            show_in_menus=number <= 100,
        )
        for number in range(1, count + 1)
    )


def make_vectors(index):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {HNSW}")  # filling it row by row would take a minute
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(FILL, [index.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index can be made while foreign keys wait to be checked
        cursor.execute(
            f"CREATE INDEX {HNSW} ON {Embedding100._meta.db_table}"
            " USING hnsw (embedding halfvec_cosine_ops) WITH (m = 16, ef_construction = 64)"
        )
        cursor.execute(f"ANALYZE {Embedding100._meta.db_table}")
        cursor.execute("ANALYZE wagtailcore_page")


def make_terms(index):
    """Give every page a word that all of them have, and a hundred others."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {EntryTerms._meta.db_table} (generation_id, page_id, language_code, terms, weights, length)"
            " SELECT %s, id, 'en',"
            " 'word'::text || array(SELECT 'other' || id * n %% 9973 FROM generate_series(1, 100) AS n),"
            " %s::sparsevec, 101 FROM wagtailcore_page WHERE depth = 3",
            [index.pk, sparse_literal([("word", 1.0)])],
        )
        cursor.execute(f"ANALYZE {EntryTerms._meta.db_table}")
    TermFrequency.objects.create(generation=index, term="word", document_frequency=PAGES)


class LargeTableTests(TestCase):
    index: Generation

    @classmethod
    def setUpTestData(cls):
        make_pages(PAGES)
        cls.index = Generation.objects.create(
            index_name="default",
            state=Generation.State.ACTIVE,
            dimensions=100,
            page_count=PAGES,
            configuration={"provider": PROVIDER, "model": "deterministic", "options": {"dimensions": 100}},
        )
        make_vectors(cls.index)
        make_terms(cls.index)

    def semantic_plan(self, queryset):
        """Return the plan of the statement that finds the nearest chunks, in the transaction that ran it."""
        with CaptureQueriesContext(connection) as captured:
            ranking = rank_pages("any question", queryset, legs=Legs.SEMANTIC)
        (statement,) = [query["sql"] for query in captured.captured_queries if "<=>" in query["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            return ranking, "\n".join(line for (line,) in cursor.fetchall())

    def test_the_gin_index_serves_words_that_most_pages_have(self):
        """The terms of every page would be compared otherwise, which takes ten times as long."""
        for _ in range(2):  # the second search runs the leg in its first statement
            with CaptureQueriesContext(connection) as captured:
                ranking = rank_pages("word", Page.objects.all(), legs=Legs.KEYWORD)
            assert len(ranking.pages) == 100
            (statement,) = [query["sql"] for query in captured.captured_queries if "terms &&" in query["sql"]]
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {statement}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Bitmap Index Scan on wvs_entryterms_terms" in plan

    def nearest(self, queryset, *, exact, **options):
        vector = str([1.0] + [0.1] * 99)
        candidates = find_candidates(queryset)
        assert candidates
        candidates = replace(candidates, closed_paths=())
        return SemanticLeg(vector, candidates, Embedding100, self.index.pk, **options).find(exact=exact)

    def test_the_hnsw_index_serves_a_search_of_many_pages(self):
        ranking, plan = self.semantic_plan(Page.objects.all())
        assert f"Index Scan using {HNSW}" in plan
        assert len(ranking.pages) == 100

    def test_the_hnsw_index_serves_a_search_under_a_filter_that_leaves_many_pages(self):
        ranking, plan = self.semantic_plan(Page.objects.filter(title__contains="3"))
        assert f"Index Scan using {HNSW}" in plan
        assert len(ranking.pages) == 100

    def test_few_pages_are_scanned_without_it(self):
        ranking, plan = self.semantic_plan(Page.objects.filter(show_in_menus=True))
        assert HNSW not in plan
        assert "wvs_embedding100_page" in plan
        assert len(ranking.pages) == 100

    def test_a_scan_keeps_off_the_hnsw_index_where_the_planner_has_nothing_better(self):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute("DROP INDEX wvs_embedding100_page")
        ranking, plan = self.semantic_plan(Page.objects.filter(show_in_menus=True))
        assert HNSW not in plan
        assert len(ranking.pages) == 100

    def test_the_hnsw_index_and_the_scan_agree(self):
        queryset = Page.objects.filter(depth=3)
        scanned = {hit.page_id for hit in self.nearest(queryset, exact=True)}
        approximate = {hit.page_id for hit in self.nearest(queryset, exact=False)}
        # Uniform random vectors are the hardest there are, and every graph is another: 78 to 88 were seen.
        assert len(scanned & approximate) >= 70

    def test_as_many_pages_come_back_as_are_wanted(self):
        for wanted in (1, 5, 100):
            assert len(self.nearest(Page.objects.filter(depth=3), exact=False, wanted=wanted)) == wanted

    def test_only_candidates_come_back_from_the_index(self):
        menu = Page.objects.filter(show_in_menus=True)
        hits = self.nearest(menu, exact=False, wanted=20)
        assert len(hits) == 20
        assert {hit.page_id for hit in hits} <= set(menu.values_list("pk", flat=True))

    def test_chunks_of_another_generation_do_not_count(self):
        other = Generation.objects.create(index_name="other", dimensions=100)
        page = Page.objects.get(slug="page-7")
        Embedding100.objects.create(
            generation=other, page=page, position=0, text="", text_hash="", embedding=[1.0] + [0.1] * 99
        )
        for exact in (True, False):
            assert self.nearest(Page.objects.filter(depth=3), exact=exact)[0].score < 0.99

    def test_candidates_are_scanned_when_the_index_gives_up(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(semantic, "WALK", semantic.WALK | {"hnsw.max_scan_tuples": "1"})
            hits = self.nearest(Page.objects.filter(show_in_menus=True), exact=False)
        assert len(hits) == 100

    def test_pages_that_fill_the_first_chunks_do_not_crowd_out_others(self):
        first = Page.objects.get(slug="page-1")
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {Embedding100._meta.db_table} (generation_id, page_id, position, heading, anchor, text,"
                " text_hash, embedding) SELECT %s, %s, n, '', '', '', '', %s::halfvec FROM generate_series(10, 300) n",
                [self.index.pk, first.pk, str([1.0] + [0.1] * 99)],
            )
        hits = self.nearest(Page.objects.filter(depth=3), exact=False, wanted=5, at_least=5)
        assert len(hits) == 5
        assert hits[0].page_id == first.pk
