"""Editors choose among related pages."""

from django.db import migrations

import wagtail_vector_search.curation


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="articlepage",
            name="related",
            field=wagtail_vector_search.curation.RelatedPagesField(verbose_name="related pages"),
        ),
    ]
