"""What PostgreSQL's planner knows of tables that a build has just filled.

Autovacuum tells it within a minute or two. Until then it takes them for nearly empty: on 900 pages a search by meaning
took 0.8 s, a hundred times as long as afterwards.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, transaction

from ..models import AbstractEmbedding
from .execute import fetch
from .tables import table_name

logger = logging.getLogger(__name__)

# Only columns that conditions are about: reading vectors and texts would take most of the time.
ANALYZE = """
ANALYZE {entry} (generation_id, page_id, state), {entry_terms} (generation_id, page_id, language_code),
    {term_frequency} (generation_id, term), {embedding} (generation_id, page_id)
"""


def gather(model: type[AbstractEmbedding], using: str) -> None:
    """Let PostgreSQL count the rows of an index; autovacuum does so later where that fails.

    Args:
        model: of the table with the vectors.
        using: the database.
    """
    try:
        with transaction.atomic(using):
            fetch(using, ANALYZE, embedding=table_name(model))
    except DatabaseError as exc:
        logger.warning("PostgreSQL's statistics are left to autovacuum; searches may be slow until then: %s", exc)
