"""In a process of its own: builds the index, updates it once more, and prints the figures of both."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import django


def main() -> None:
    """Measure and print."""
    django.setup()
    from wagtail_vector_search.conf import get_index_settings
    from wagtail_vector_search.providers import get_provider_for

    from .processes import answer, peak_memory

    provider = get_provider_for(get_index_settings())
    provider.embed_query("Loads the model.")
    before = peak_memory()
    first = _update(provider)
    answer(before_mb=before, first=first, peak_mb=peak_memory(), again=_update(provider))


def _update(provider: Any) -> dict[str, float]:
    """Run ``update_vector_index``; return its seconds, SQL statements, calls of the provider and peak memory."""
    from django.core.management import call_command

    from ..scratch import vacuum
    from .timing import count_statements, time_call

    with patch.object(provider, "embed_batch", wraps=provider.embed_batch) as embed, count_statements() as sql:
        ms = time_call(lambda: call_command("update_vector_index", quiet=True))
    vacuum()
    return {"seconds": ms / 1000, "statements": sql.number, "provider_calls": embed.call_count}


if __name__ == "__main__":
    main()
