"""What a generation's similarities mean, for the cut-off."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("wagtail_vector_search", "0002_search_events")]

    operations: ClassVar = [
        migrations.AddField("vectorindex", "background_similarity", models.FloatField(null=True)),
        migrations.AddField("vectorindex", "title_similarity", models.FloatField(null=True)),
        migrations.AddField("vectorindex", "calibrated_page_count", models.PositiveIntegerField(default=0)),
    ]
