"""The pages that a class keeps out of search by itself.

By ``get_indexed_objects`` and ``get_indexed_instance``, the hooks of Wagtail's search, or because its ``get_url_parts``
says that there is nothing to open. Most page types have none of these, and cost nothing here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from wagtail.search.index import Indexed

from ..database.errors import is_outage
from ..database.tables import PageKey, page_model
from ..database.transactions import savepoint
from .failures import describe_failure
from .survey import SurveyedPage, page_class

logger = logging.getLogger(__name__)


def find_kept_out(surveyed: Iterable[SurveyedPage], using: str, errors: dict[Any, str]) -> set[Any]:
    """Return which pages their classes keep out of search. One query for each page type that has such a rule.

    Args:
        surveyed: the pages.
        using: the database.
        errors: gets the redacted error of each page whose rule fails: it must not be sent anywhere.
    """
    by_type: dict[int, list[Any]] = {}
    for page in surveyed:
        by_type.setdefault(page.content_type_id, []).append(page.page_id)
    kept_out: set[Any] = set()
    for content_type_id, page_ids in by_type.items():
        model = page_class(content_type_id)
        if model is None or not _overrides(model, "get_indexed_objects"):
            continue
        try:
            kept_out |= set(page_ids) - _find_indexed(model, page_ids, using)
        except Exception as exc:  # the project's own code
            if is_outage(exc, using):
                raise
            errors.update(dict.fromkeys(page_ids, describe_failure(exc)))
    return kept_out


def has_no_instance(page: Any) -> bool:
    """Return whether a specific page says of itself that there is nothing to search."""
    return _overrides(page.__class__, "get_indexed_instance") and page.get_indexed_instance() is None


def has_no_address(page: Any) -> bool:
    """Return whether a specific page says of itself that it has no address, though a site has one for its place."""
    if not _overrides(page.__class__, "get_url_parts") or page.get_url_parts() is not None:
        return False
    return page_model().get_url_parts(page) is not None


def is_kept_out(page: Any, using: str) -> bool:
    """Return whether a page that is being saved keeps itself out of search. At most one query, where it has a rule.

    A rule that fails is logged, and left to the worker.

    Args:
        page: of any class; it need not be specific.
        using: the database.
    """
    model = page_class(page.content_type_id)
    if model is None or not (_overrides(model, "get_indexed_objects") or _overrides(model, "get_indexed_instance")):
        return False
    try:
        with savepoint(using):
            specific = page if isinstance(page, model) else page.specific
            if has_no_instance(specific):
                return True
            return _overrides(model, "get_indexed_objects") and not _find_indexed(model, [page.pk], using)
    except Exception as exc:
        if is_outage(exc, using):
            raise
        logger.exception("%s cannot say which of its pages are searched.", model.__name__)
        return False


def _find_indexed(model: Any, page_ids: Sequence[PageKey], using: str) -> set[Any]:
    with savepoint(using):  # a statement of the project's own may fail
        indexed = model.get_indexed_objects().using(using).filter(pk__in=page_ids)
        return set(indexed.order_by().values_list("pk", flat=True))


@lru_cache(maxsize=4096)
def _overrides(model: Any, name: str) -> bool:
    def read(owner: Any) -> Any:
        hook = getattr(owner, name, None)
        return getattr(hook, "__func__", hook)

    return read(model) not in (read(page_model()), read(Indexed))
