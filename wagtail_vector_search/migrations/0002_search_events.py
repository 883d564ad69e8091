"""What processes tell each other about providers and searches."""

import django.db.models.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wagtail_vector_search", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SearchEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
    ]
