"""Index pages again: the same request in the outbox that publishing makes, and the same task."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from ...database.availability import write_alias
from ...indexing import entry_states
from ...indexing.tasks import enqueue_after_commit
from ...models import Entry
from ..page_keys import read_page_key
from .totals import ON_PURPOSE, choose_index, entries_visible_to

logger = logging.getLogger(__name__)

#: Pages that are requested in one transaction: an editor who publishes one of them does not wait long.
BATCH_PAGES = 500

_LEFT_OUT = Q(state=Entry.State.SKIPPED, skip_reason__in=ON_PURPOSE)


class ReindexView(View):
    """Indexes one page, the selected ones or all that failed again. Calls no remote provider, and waits for none."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Request the pages, say how many they are, and go back."""
        chosen = choose_index(request.POST.get("index"))
        selected = _selected(entries_visible_to(request.user, chosen.generation), request)
        possible = list(selected.exclude(_LEFT_OUT).values_list("page_id", flat=True))
        try:
            number = request_again(possible, chosen.index_name)
        except DatabaseError:
            logger.exception("Pages could not be requested.")
            messages.error(request, _("The pages could not be queued. Please try again in a moment."))
        else:
            _tell(request, number, selected.filter(_LEFT_OUT).count())
        return redirect(get_valid_next_url_from_request(request) or reverse("wagtail_vector_search:report"))


def request_again(page_ids: Sequence[Any], index_name: str) -> int:
    """Request pages in every generation that follows the site, and return how many they are.

    Args:
        page_ids: Primary keys of pages that the user may see.
        index_name: Of the index.

    Raises:
        DatabaseError: the pages of a batch could not be requested; those of the batches before it are.
    """
    using = write_alias()
    requested: list[Any] = []
    try:
        ordered = sorted(page_ids)
        for start in range(0, len(ordered), BATCH_PAGES):
            with transaction.atomic(using=using):
                requested += entry_states.request(ordered[start : start + BATCH_PAGES], [index_name], using)
    finally:
        enqueue_after_commit(requested, using)
    return len(requested)


def _selected(visible: QuerySet[Entry], request: HttpRequest) -> QuerySet[Entry]:
    """Return the entries of the button that was pressed: one page, all that failed, or the ticked ones."""
    if "failed" in request.POST:
        return visible.filter(state=Entry.State.FAILED)
    keys = []
    for text in request.POST.getlist("only") or request.POST.getlist("page"):
        with suppress(ValueError):
            keys.append(read_page_key(text))
    return visible.filter(page_id__in=keys)


def _tell(request: HttpRequest, number: int, left_out: int) -> None:
    if left_out:
        text = ngettext(
            "%(number)d page is left out of search on purpose, so it was not indexed again.",
            "%(number)d pages are left out of search on purpose, so they were not indexed again.",
            left_out,
        )
        messages.warning(request, text % {"number": left_out})
    elif not number:
        messages.warning(request, _("No pages were selected."))
    if not number:
        return
    text = ngettext(
        "%(number)d page is being indexed again. This may take a moment.",
        "%(number)d pages are being indexed again. This may take a moment.",
        number,
    )
    messages.success(request, text % {"number": number})
