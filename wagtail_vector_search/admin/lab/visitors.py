"""The visitor in whose place the lab searches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..permissions import SEARCH_AS_OTHERS

#: Names that the form proposes; any other can be typed.
MAX_PROPOSED = 100


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who searches: what ``visible_to`` reads of a request."""

    #: With their groups.
    user: Any = field(default_factory=AnonymousUser)
    #: Passwords of pages that were given; none where it is somebody else's.
    session: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_anonymous(self) -> bool:
        """Whether it is anybody, who has not logged in."""
        return not self.user.is_authenticated


def may_pose(user: Any) -> bool:
    """Return whether a user may search in the place of another."""
    return bool(user.has_perm(SEARCH_AS_OTHERS))


def propose_users() -> list[str]:
    """Return the names of users to pose as, at most ``MAX_PROPOSED``. For those who may only."""
    model = get_user_model()
    users = model._default_manager.order_by(model.USERNAME_FIELD)
    if any(field.name == "is_active" for field in model._meta.get_fields()):
        users = users.filter(is_active=True)
    return [str(name) for name in users.values_list(model.USERNAME_FIELD, flat=True)[:MAX_PROPOSED]]


def find_visitor(request: Any, username: str) -> Visitor:
    """Return the visitor that is meant.

    Args:
        request: Of who uses the lab.
        username: Of the visitor; empty for anybody.

    Raises:
        ValidationError: there is no such user, or they may not be posed as. Whether there is one is not told then.
    """
    if not username:
        return Visitor()
    if username == request.user.get_username():
        return Visitor(request.user, request.session)
    if not may_pose(request.user):
        raise ValidationError(_("You may search as anybody, or as yourself."))
    model = get_user_model()
    user = model._default_manager.filter(**{model.USERNAME_FIELD: username}).first()
    if user is None or not user.is_active:
        raise ValidationError(_("There is no active user of this name."))
    return Visitor(user)
