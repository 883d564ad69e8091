"""The form of the lab: the query, in whose place, among which pages. The address holds all of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.coreutils import get_content_languages, get_supported_content_language_variant
from wagtail.models import Site

from ...conf import get_all_index_settings
from ..permissions import SEARCH_AS_OTHERS, explorable_pages
from .searching import LabQuery, Visitor

#: Names that the form proposes; any other can be typed.
MAX_PROPOSED = 100


def may_pose(user: Any) -> bool:
    """Return whether a user may search in the place of another."""
    return bool(user.has_perm(SEARCH_AS_OTHERS))


def propose_users() -> list[str]:
    """Return at most ``MAX_PROPOSED`` names to search as. Requires the permission ``SEARCH_AS_OTHERS``."""
    model = get_user_model()
    users = model._default_manager.order_by(model.USERNAME_FIELD)
    if any(field.name == "is_active" for field in model._meta.get_fields()):
        users = users.filter(is_active=True)
    return [str(name) for name in users.values_list(model.USERNAME_FIELD, flat=True)[:MAX_PROPOSED]]


def find_visitor(request: Any, username: str) -> Visitor:
    """Return the visitor of a name.

    Args:
        request: Of the user of the lab.
        username: Of the visitor; empty for a visitor who has not logged in.

    Raises:
        ValidationError: there is no such user, or the user of the lab may not search as others; the message does not
            tell which names exist then.
    """
    if not username:
        return Visitor()
    if username == request.user.get_username():
        return Visitor(request.user, request.session)
    if not may_pose(request.user):
        raise ValidationError(_("You can search as anyone, or as yourself."))
    model = get_user_model()
    user = model._default_manager.filter(**{model.USERNAME_FIELD: username}).first()
    if user is None or not user.is_active:
        raise ValidationError(_("No active user has this name."))
    return Visitor(user)


#: Chooses the pages of all languages.
ALL = "all"


class LabForm(forms.Form):
    """The form of the lab. Fields with one choice only are not shown.

    Args:
        request: Of the user of the lab, with the fields in its address.
    """

    q = forms.CharField(
        label=_("What a visitor types"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
    user = forms.CharField(label=_("Search as"), required=False)
    locale = forms.ChoiceField(label=_("Language"), required=False)
    site = forms.ChoiceField(label=_("Site"), required=False)
    index = forms.ChoiceField(label=_("Index"), required=False)
    weight = forms.FloatField(label=_("Weight of meaning"), required=False, min_value=0, max_value=1)

    def __init__(self, request: Any) -> None:
        self.request = request
        self.explorable = explorable_pages(request.user)
        super().__init__(data={"locale": _default_language(), **request.GET.dict()})
        self.proposed_users = propose_users() if may_pose(request.user) else []
        self._offer_users()
        languages = get_content_languages() if getattr(settings, "WAGTAIL_I18N_ENABLED", False) else {}
        self._offer("locale", [*languages.items(), (ALL, _("All languages"))] if len(languages) > 1 else [])
        self._offer("site", [("", _("All sites")), *_site_choices(self.explorable)], needed=3)
        self._offer("index", [(entry.index_name, entry.index_name) for entry in get_all_index_settings()])

    @property
    def has_query(self) -> bool:
        """Whether there is something to search for."""
        return bool(self.data.get("q", "").strip())

    def shown_fields(self) -> list[forms.BoundField]:
        """Return the fields below the query that leave a choice."""
        return [self[name] for name in ("user", "locale", "site", "index") if name in self.fields]

    def clean_user(self) -> Visitor:
        """Return the visitor of the name."""
        return find_visitor(self.request, self.cleaned_data["user"].strip())

    def get_query(self) -> LabQuery:
        """Return the query of a valid form."""
        asked = self.cleaned_data
        pages = self.explorable
        locale = asked.get("locale")
        if locale and locale != ALL:
            pages = pages.filter(locale__language_code=locale)
        if site := asked.get("site"):
            pages = pages.filter(path__startswith=Site.objects.select_related("root_page").get(pk=site).root_page.path)
        return LabQuery(
            text=asked["q"],
            visitor=asked["user"],
            among=pages,
            index_name=asked.get("index") or get_all_index_settings()[0].index_name,
            language_code=locale if locale and locale != ALL else _default_language(),
            is_in_all_languages=locale == ALL,
            weight=asked["weight"],
        )

    def _offer_users(self) -> None:
        me = self.request.user.get_username()
        if self.proposed_users:
            attributes = {"list": "lab-users", "autocomplete": "off", "placeholder": _("Anyone")}
            self.fields["user"].widget.attrs.update(attributes)
            return
        # A field of choices would not say why another name is refused.
        self.fields["user"].widget = forms.Select(choices=[("", _("Anyone, not logged in")), (me, _("Myself"))])

    def _offer(self, name: str, choices: list[Any], needed: int = 2) -> None:
        if len(choices) < needed:
            del self.fields[name]
        else:
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def _default_language() -> str:
    try:
        return get_supported_content_language_variant(settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE


def _site_choices(explorable: QuerySet[Any]) -> list[Any]:
    """Return the sites that have a page which the user may see."""
    inside = explorable.filter(path__startswith=OuterRef("root_page__path")).order_by()
    sites = Site.objects.filter(Exists(inside)).order_by("site_name", "hostname", "port")
    return [(str(site.pk), site.site_name or site.hostname) for site in sites]
