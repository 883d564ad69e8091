"""All tables. Written by hand: the page model may be swapped, and SQLite has neither GIN nor HNSW."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions
import pgvector.django
import swapper
from django.db import migrations, models

from ..database.operations import AddPostgreSQLIndex, CreateVectorExtension, SetPostgreSQLStorage
from ..models.pages import GoesWithPage

DIMENSIONS = (256, 384, 512, 768, 1024, 1536, 3072)
PERMISSIONS = [
    ("view_search_report", "Can see the search index report"),
    ("reindex_pages", "Can re-index pages"),
    ("use_search_lab", "Can use the search lab"),
    ("search_as_others", "Can search as another user in the search lab"),
]


def primary_key():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


#: Of keys that Django does not follow. Where PostgreSQL does, ``GoesWithPage`` says so; to check them locks the page.
UNCHECKED = {"on_delete": django.db.models.deletion.DO_NOTHING, "db_constraint": False}


def page_key(**options):
    page_model = swapper.get_model_name("wagtailcore", "Page")
    return ("page", models.ForeignKey(related_name="+", to=page_model, **UNCHECKED, **options))


def generation_key(related_name="+", on_delete=django.db.models.deletion.CASCADE, **options):
    to = "wagtail_vector_search.generation"
    return (
        "generation",
        models.ForeignKey(db_index=False, on_delete=on_delete, related_name=related_name, to=to, **options),
    )


def embedding_operations(dimensions):
    name = f"Embedding{dimensions}"
    table = migrations.CreateModel(
        name=name,
        fields=[
            primary_key(),
            ("position", models.PositiveIntegerField()),
            ("heading", models.TextField(blank=True)),
            ("anchor", models.TextField(blank=True)),
            ("text", models.TextField()),
            ("text_hash", models.CharField(max_length=32)),
            ("embedding", pgvector.django.HalfVectorField(dimensions=dimensions)),
            generation_key(),
            page_key(db_index=False),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
            "constraints": [GoesWithPage(name=f"wvs_{name.lower()}_goes_with_page")],
            "indexes": [models.Index(fields=["page", "generation"], name=f"wvs_{name.lower()}_page")],
        },
    )
    hnsw = AddPostgreSQLIndex(
        name.lower(),
        pgvector.django.HnswIndex(
            fields=["embedding"],
            m=16,
            ef_construction=200,
            opclasses=["halfvec_cosine_ops"],
            name=f"wvs_{name.lower()}_hnsw",
        ),
    )
    return [table, hnsw]


class Migration(migrations.Migration):
    initial = True

    dependencies = [swapper.dependency("wagtailcore", "Page")]

    operations = [
        CreateVectorExtension(),
        migrations.CreateModel(
            name="Generation",
            fields=[
                primary_key(),
                ("index_name", models.CharField(max_length=100)),
                ("fingerprint", models.CharField(max_length=64)),
                ("configuration", models.JSONField(default=dict)),
                ("dimensions", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("building", "being built"),
                            ("active", "serving searches"),
                            ("retired", "retired"),
                        ],
                        default="building",
                        max_length=10,
                    ),
                ),
                ("page_count", models.PositiveIntegerField(default=0)),
                ("average_length", models.FloatField(default=0)),
                ("background_similarity", models.FloatField(null=True)),
                ("title_similarity", models.FloatField(null=True)),
                ("similarities_by_language", models.JSONField(default=dict)),
                ("calibrated_page_count", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.Now())),
                ("activated_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "generation",
                "verbose_name_plural": "generations",
                "default_permissions": (),
                "permissions": PERMISSIONS,
                "constraints": [
                    models.UniqueConstraint(
                        fields=["index_name"], condition=models.Q(state="active"), name="wvs_one_active_generation"
                    ),
                    models.UniqueConstraint(
                        fields=["index_name"], condition=models.Q(state="building"), name="wvs_one_building_generation"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                primary_key(),
                ("requested_version", models.BigIntegerField(db_default=1, default=1)),
                ("done_version", models.BigIntegerField(db_default=0, default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting to be indexed"),
                            ("indexed", "indexed"),
                            ("failed", "failed"),
                            ("skipped", "left out of search"),
                        ],
                        db_default="pending",
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("skip_reason", models.CharField(blank=True, db_default="", default="", max_length=20)),
                ("content_hash", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("chunk_count", models.PositiveIntegerField(db_default=0, default=0)),
                ("attempts", models.PositiveIntegerField(db_default=0, default=0)),
                ("next_attempt_at", models.DateTimeField(db_default=django.db.models.functions.Now())),
                ("lease_expires_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True, db_default="", default="")),
                ("requested_at", models.DateTimeField(db_default=django.db.models.functions.Now())),
                ("indexed_at", models.DateTimeField(null=True)),
                generation_key(related_name="entries"),
                page_key(),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=["generation", "page"], name="wvs_one_entry_per_page"),
                    GoesWithPage(name="wvs_entry_goes_with_page"),
                ],
                "indexes": [
                    models.Index(
                        fields=["next_attempt_at"],
                        condition=models.Q(state__in=["pending", "failed"]),
                        name="wvs_due_entries",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryRequest",
            fields=[
                primary_key(),
                ("noted_at", models.DateTimeField(db_default=django.db.models.functions.Now())),
                generation_key(**UNCHECKED),
                page_key(db_index=False),
            ],
            options={
                "verbose_name": "entry request",
                "verbose_name_plural": "entry requests",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="EntryTerms",
            fields=[
                primary_key(),
                ("language_code", models.CharField(max_length=100)),
                ("terms", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("weights", pgvector.django.SparseVectorField(dimensions=1_000_000_000)),
                ("length", models.PositiveIntegerField()),
                generation_key(),
                page_key(db_index=False),
            ],
            options={
                "verbose_name": "entry terms",
                "verbose_name_plural": "entry terms",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=["page", "generation"], name="wvs_one_terms_per_page"),
                    GoesWithPage(name="wvs_entryterms_goes_with_page"),
                ],
            },
        ),
        AddPostgreSQLIndex(
            "entryterms",
            django.contrib.postgres.indexes.GinIndex(
                fields=["terms"], name="wvs_entryterms_terms", gin_pending_list_limit=128
            ),
        ),
        # A keyword search reads the weights of thousands of pages: they stay in the rows, not in a table beside them.
        SetPostgreSQLStorage("entryterms", "weights", "MAIN"),
        migrations.CreateModel(
            name="TermFrequency",
            fields=[
                primary_key(),
                ("term", models.TextField()),
                ("document_frequency", models.IntegerField()),
                generation_key(),
            ],
            options={
                "verbose_name": "term frequency",
                "verbose_name_plural": "term frequencies",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["generation", "term"],
                        include=("document_frequency",),
                        name="wvs_termfrequency_term",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchEvent",
            fields=[
                primary_key(),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("provider_failure", "failure of an embedding provider"),
                            ("embedding_calls", "calls to an embedding provider for searches"),
                            ("degraded", "searches answered by words alone"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("reason", models.CharField(blank=True, default="", max_length=20)),
                ("weight", models.PositiveIntegerField(default=1)),
                ("detail", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.Now())),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "search event",
                "verbose_name_plural": "search events",
                "default_permissions": (),
                "indexes": [models.Index(fields=["kind", "subject", "expires_at"], name="wvs_searchevent_current")],
            },
        ),
        *[operation for dimensions in DIMENSIONS for operation in embedding_operations(dimensions)],
    ]
