"""A keyword search reads the weights of thousands of pages: they stay in the rows, not in a table beside them."""

from typing import ClassVar

from django.db import migrations

from wagtail_vector_search.models.operations import SetPostgreSQLStorage


class Migration(migrations.Migration):
    dependencies: ClassVar = [("wagtail_vector_search", "0003_calibration")]

    operations: ClassVar = [SetPostgreSQLStorage("pageterms", "weights", "MAIN")]
