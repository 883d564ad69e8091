"""Finds the page that a judgment names by its number, path or address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import get_language_from_path
from wagtail.models import Site

from ..content import clean_line
from ..database.tables import PageKey
from ..retrieval import page_model, visible_pages


class MistypedReferenceError(Exception):
    """A reference is no number, path or address; the message says what to type."""


def find_page(reference: str) -> Any:
    """Return the primary key of the page that is meant; ``None`` when nothing is there.

    Args:
        reference: the number of a page, a path such as ``/en/about/``, or an address at one of the sites. What follows
            ``?`` or ``#`` does not count.

    Raises:
        MistypedReferenceError: it is none of these.
    """
    if reference.startswith("/") and not reference.startswith("//"):
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        if site is None:
            raise MistypedReferenceError("the project has no default site: type the whole address, or the number")
        return _find_at(site, _split(reference).path)
    if reference.lower().startswith(("http://", "https://")):
        address = _split(reference)
        return _find_at(_site_of(address), address.path)
    try:
        return page_model()._meta.pk.to_python(reference)
    except ValidationError as error:
        raise MistypedReferenceError(
            "it is no page: type its number or its address, such as 42, /about/ or https://example.org/about/"
        ) from error


def find_public(page_ids: Iterable[PageKey]) -> Mapping[Any, str]:
    """Return those of the pages that are public, each with the language code of its locale."""
    pages = visible_pages(page_model()._default_manager.filter(pk__in=set(page_ids)))
    return dict(pages.values_list("pk", "locale__language_code"))


def _split(reference: str) -> SplitResult:
    try:
        address = urlsplit(reference)
        _ = address.port  # raises where it is no number
    except ValueError as error:
        raise MistypedReferenceError(f"it is no address ({error}): type it as the browser shows it") from error
    return address


def _site_of(address: SplitResult) -> Site:
    """Return the site with the host of an address. The port decides only between several of them."""
    sites = list(Site.objects.filter(hostname__iexact=address.hostname or "").select_related("root_page"))
    if not sites:
        known = ", ".join(Site.objects.values_list("hostname", flat=True)) or "none"
        raise MistypedReferenceError(f"it is at none of the sites ({known}): type the path alone, such as /about/")
    port = address.port or (443 if address.scheme == "https" else 80)
    return next((site for site in sites if site.port == port), sites[0])


def _find_at(site: Site, path: str) -> Any:
    """Find a page as Wagtail does when it serves a request."""
    path = clean_line(unquote(path)).rstrip("/") + "/"
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.META = {"SERVER_NAME": site.hostname, "SERVER_PORT": str(site.port)}
    language_code = settings.LANGUAGE_CODE
    if getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        language_code = get_language_from_path(path) or site.root_page.locale.language_code
    with translation.override(language_code):
        parts = [part for part in _path_in_site(path).split("/") if part]
        try:
            return site.root_page.localized.specific.route(request, parts)[0].pk
        except Http404:
            return None


def _path_in_site(path: str) -> str:
    """Take off what the URLconf puts before Wagtail's own addresses, such as the language."""
    try:
        match = resolve(path)
    except Resolver404:
        return path
    if match.url_name != "wagtail_serve":
        return path
    return str(match.args[0] if match.args else match.kwargs.get("path", path))
