"""What a group may be given of search in the admin."""

from typing import ClassVar

from django.db import migrations

PERMISSIONS = [
    ("view_search_report", "Can see the search index report"),
    ("reindex_pages", "Can have pages indexed again"),
    ("use_search_lab", "Can use the search lab"),
    ("search_as_others", "Can see in the search lab what other users find"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("wagtail_vector_search", "0004_weights_inline")]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            "vectorindex",
            {
                "default_permissions": (),
                "permissions": PERMISSIONS,
                "verbose_name": "vector index",
                "verbose_name_plural": "vector indexes",
            },
        ),
    ]
