"""The model field that keeps what an editor has chosen among related pages.

Being a field of the page it goes wherever the page goes: into revisions, drafts, previews, copies and translations, and
costs publishing no statement of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import swapper
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from .forms import RelatedPagesFormField
from .value import RelatedPages


class RelatedPagesField(models.JSONField):
    """The pages that an editor has pinned or hidden among those related to a page; its value is a ``RelatedPages``.

    Add it to a page model, with ``RelatedPagesPanel`` to edit it; ``related_pages`` honours it::

        related = RelatedPagesField(_("related pages"))

    A page type has one such field.
    """

    description = _("Pinned and hidden related pages")

    def __init__(self, verbose_name: Any = None, name: Any = None, **options: Any) -> None:
        super().__init__(verbose_name, name, **{"blank": True, "default": RelatedPages, **options})

    def deconstruct(self) -> Any:
        """Leave out what every such field has, and say where it is imported from."""
        name, _path, args, options = super().deconstruct()
        options = {key: value for key, value in options.items() if (key, value) not in _ALWAYS}
        return name, "wagtail_vector_search.curation.RelatedPagesField", args, options

    def to_python(self, value: Any) -> RelatedPages:
        """Return the value that a form, a revision or a developer means.

        Raises:
            ValidationError: it means nothing.
        """
        try:
            return RelatedPages.parse(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the stored value; never an error, which would be a visitor's."""
        loaded = super().from_db_value(value, expression, connection)
        return loaded if isinstance(expression, KeyTransform) else RelatedPages.read(loaded)

    def get_prep_value(self, value: Any) -> Any:
        """Return what is stored."""
        return super().get_prep_value(value.as_json() if isinstance(value, RelatedPages) else value)

    def value_to_string(self, obj: Any) -> Any:
        """Return what fixtures and revisions hold."""
        return RelatedPages.read(self.value_from_object(obj)).as_json()

    def validate(self, value: RelatedPages, model_instance: Any) -> None:
        """Refuse a page that is related to itself."""
        models.Field.validate(self, value, model_instance)
        if model_instance is not None and model_instance.pk in value.pinned:
            raise ValidationError(_("A page cannot be related to itself."), code="itself")

    def formfield(self, **options: Any) -> Any:
        """Return a form field that reads and writes JSON; ``RelatedPagesPanel`` brings the widget for editors."""
        return models.Field.formfield(self, **{"form_class": RelatedPagesFormField, **options})

    def extract_references(self, value: Any) -> Iterator[tuple[Any, str, str, str]]:
        """Tell Wagtail's index of references which pages are pinned, for the usage of these."""
        page_model = swapper.load_model("wagtailcore", "Page")
        for key in RelatedPages.read(value).pinned:
            yield page_model, str(key), "pinned", f"pinned.{key}"

    def check(self, **options: Any) -> list[CheckMessage]:
        """Check that it stands on a page type, alone."""
        return [*super().check(**options), *self._check_model()]

    def _check_model(self) -> Iterator[CheckMessage]:
        fields = [field for field in self.model._meta.fields if isinstance(field, RelatedPagesField)]
        if not issubclass(self.model, swapper.load_model("wagtailcore", "Page")):
            yield Error("A RelatedPagesField belongs on a page model.", obj=self, id="wagtail_vector_search.E011")
        elif fields[0] is not self:
            yield Error(
                f"{self.model.__name__} has more than one RelatedPagesField.",
                hint=f'Remove "{self.name}", or "{fields[0].name}".',
                obj=self,
                id="wagtail_vector_search.E012",
            )


_ALWAYS = (("blank", True), ("default", RelatedPages))
