"""The one rule for "published"."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func
from django.db.models.functions import Now


class IsPublished(Func):
    """Condition that a page is live, not past ``expire_at``, and no alias of another page.

    The index keeps a page whose ``expire_at`` has passed until ``publish_scheduled`` unpublishes it; this condition
    hides it. It is one expression: Django takes longer to build and compile several conditions than PostgreSQL to check
    them.
    """

    output_field = BooleanField()

    def __init__(self, **extra: Any) -> None:
        super().__init__(F("live"), F("expire_at"), F("alias_of"), Now(), **extra)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Compile to a condition."""
        (live, _), (expire_at, _), (source, _), (now, _) = map(compiler.compile, self.source_expressions)
        return f"({live} AND ({expire_at} IS NULL OR {expire_at} > {now}) AND {source} IS NULL)", []
