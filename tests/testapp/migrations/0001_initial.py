"""The page types of the tests, and a project's own vector table."""

import django.db.models.deletion
import modelcluster.fields
import pgvector.django
import swapper
import wagtail.fields
from django.db import migrations, models

import wagtail_vector_search.curation
from wagtail_vector_search.database.operations import AddPostgreSQLIndex
from wagtail_vector_search.models.pages import GoesWithPage

PAGE = swapper.get_model_name("wagtailcore", "Page")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("wagtail_vector_search", "0001_initial"),
        swapper.dependency("wagtailcore", "Page"),
    ]

    operations = [
        migrations.CreateModel(
            name="ArticlePage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=PAGE,
                    ),
                ),
                ("introduction", models.TextField(blank=True)),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [
                            ("heading", 0),
                            ("paragraph", 1),
                            ("hidden", 2),
                            ("code", 3),
                            ("quote", 5),
                            ("list", 6),
                            ("group", 7),
                            ("secret", 8),
                        ],
                        blank=True,
                        block_lookup={
                            0: ("wagtail.blocks.CharBlock", (), {}),
                            1: ("wagtail.blocks.RichTextBlock", (), {}),
                            2: ("wagtail.blocks.RichTextBlock", (), {"search_index": False}),
                            3: ("wagtail.blocks.TextBlock", (), {}),
                            4: ("wagtail.blocks.CharBlock", (), {"required": False, "search_index": False}),
                            5: ("wagtail.blocks.StructBlock", [[("title", 0), ("quote", 3), ("internal_note", 4)]], {}),
                            6: ("wagtail.blocks.ListBlock", (0,), {}),
                            7: ("wagtail.blocks.StreamBlock", [[("heading", 0), ("paragraph", 1)]], {}),
                            8: ("wagtail.blocks.StructBlock", [[("text", 0)]], {}),
                        },
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=50)),
                ("internal", models.TextField(blank=True, help_text="Not in search_fields: must never be embedded.")),
                ("related", wagtail_vector_search.curation.RelatedPagesField(verbose_name="related pages")),
            ],
            options={
                "abstract": False,
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="EmbeddingDocumentPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=PAGE,
                    ),
                ),
                ("facts", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="EmbeddingFieldsPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=PAGE,
                    ),
                ),
                ("summary", models.TextField(blank=True)),
                ("body", wagtail.fields.RichTextField(blank=True)),
                ("notes", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="OptionalPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=PAGE,
                    ),
                ),
                ("introduction", models.TextField(blank=True)),
                ("hide_from_search", models.BooleanField(default=False)),
                ("has_instance", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="OptionalChildPage",
            fields=[
                (
                    "optionalpage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="testapp.optionalpage",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
            bases=("testapp.optionalpage",),
        ),
        migrations.CreateModel(
            name="RichTextPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=PAGE,
                    ),
                ),
                ("body", wagtail.fields.RichTextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="ArticleLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                ("label", models.CharField(max_length=255)),
                (
                    "page",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="testapp.articlepage"
                    ),
                ),
            ],
            options={
                "ordering": ["sort_order"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Embedding100",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("heading", models.TextField(blank=True)),
                ("anchor", models.TextField(blank=True)),
                ("text", models.TextField()),
                ("text_hash", models.CharField(max_length=32)),
                ("embedding", pgvector.django.HalfVectorField(dimensions=100)),
                (
                    "generation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="wagtail_vector_search.generation",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=PAGE,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "constraints": [GoesWithPage(name="wvs_embedding100_goes_with_page")],
                "indexes": [models.Index(fields=["page", "generation"], name="wvs_embedding100_page")],
            },
        ),
        AddPostgreSQLIndex(
            "embedding100",
            pgvector.django.HnswIndex(
                ef_construction=200,
                fields=["embedding"],
                m=16,
                name="wvs_embedding100_hnsw",
                opclasses=["halfvec_cosine_ops"],
            ),
        ),
    ]
