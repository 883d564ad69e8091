"""Having pages indexed again: the same note in the outbox that publishing them leaves, and the same task."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from ...database.availability import write_alias
from ...database.tables import page_model
from ...indexing import entry_states
from ...indexing.tasks import enqueue_after_commit
from ...models import Entry
from .generations import choose
from .states import states_visible_to

logger = logging.getLogger(__name__)

#: Pages that are asked for in one transaction: an editor who publishes one of them does not wait long.
BATCH_PAGES = 500


class ReindexView(View):
    """Has one page, those selected, or all that failed indexed again. Calls no remote provider, and waits for none."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask for the pages, say how many they are, and go back."""
        chosen = choose(request.POST.get("index"))
        visible = states_visible_to(request.user, chosen.generation)
        wanted = list(_wanted(visible, request).values_list("page_id", flat=True))
        try:
            number = request_again(wanted, chosen.index_name)
        except DatabaseError:
            logger.exception("Pages could not be asked for again.")
            messages.error(request, _("The pages could not be noted. Please try again in a moment."))
        else:
            _tell(request, number)
        return redirect(get_valid_next_url_from_request(request) or reverse("wagtail_vector_search:report"))


def request_again(page_ids: Sequence[Any], index_name: str) -> int:
    """Ask for pages to be indexed again by every generation that follows the site, and return how many they are.

    Args:
        page_ids: primary keys; the caller has seen to what the user may see.
        index_name: of the index.

    Raises:
        DatabaseError: the pages of a batch could not be noted; those of the batches before it are.
    """
    using = write_alias()
    requested: list[Any] = []
    try:
        for batch in _batches(sorted(page_ids)):
            with transaction.atomic(using=using):
                requested += entry_states.request(batch, [index_name], using)
    finally:
        enqueue_after_commit(requested, using)
    return len(requested)


def _batches(page_ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(page_ids), BATCH_PAGES):
        yield page_ids[start : start + BATCH_PAGES]


def _wanted(visible: QuerySet[Entry], request: HttpRequest) -> QuerySet[Entry]:
    """Return what the button that was pressed stands for: one page, all that failed, or those ticked."""
    if "failed" in request.POST:
        return visible.filter(state=Entry.State.FAILED)
    names = request.POST.getlist("only") or request.POST.getlist("page")
    return visible.filter(page_id__in=list(_keys(names)))


def _keys(values: Iterable[str]) -> Iterator[Any]:
    """Yield primary keys of pages; what cannot be one is left out."""
    to_python = page_model()._meta.pk.to_python
    for value in values:
        try:
            yield to_python(value)
        except ValidationError:
            continue


def _tell(request: HttpRequest, number: int) -> None:
    if not number:
        messages.warning(request, _("No pages were selected."))
        return
    text = ngettext(
        "%(number)d page is being indexed again. This may take a moment.",
        "%(number)d pages are being indexed again. This may take a moment.",
        number,
    )
    messages.success(request, text % {"number": number})
