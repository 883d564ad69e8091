"""Which index, and which generation of it, the report is about."""

from __future__ import annotations

from dataclasses import dataclass

from ...conf import get_all_index_settings
from ...database.availability import is_ready, write_alias
from ...exceptions import SettingsError
from ...models import Generation

State = Generation.State


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the report is about."""

    #: Of all indexes, in the order of the setting.
    index_name: str
    index_names: tuple[str, ...]
    #: The one that serves searches; the one that is being built while none serves; or none.
    generation: Generation | None
    #: Whether the database is PostgreSQL with this app's tables in it.
    has_tables: bool

    @property
    def is_serving(self) -> bool:
        """Whether visitors' searches are answered from it."""
        return self.generation is not None and self.generation.state == State.ACTIVE


def choose(wanted: str | None) -> Chosen:
    """Choose an index and its generation. One statement.

    Args:
        wanted: name of an index; the first one is taken for any that is not configured.
    """
    index_names = configured_index_names()
    index_name = wanted if wanted in index_names else next(iter(index_names), "")
    if not is_ready(write_alias()):
        return Chosen(index_name or "", index_names, None, has_tables=False)
    # "active" comes before "building".
    following = Generation.objects.filter(index_name=index_name, state__in=(State.ACTIVE, State.BUILDING)).order_by(
        "state"
    )
    return Chosen(index_name or "", index_names, following.first(), has_tables=True)


def configured_index_names() -> tuple[str, ...]:
    """Return the names of all indexes; none where the settings are not usable, of which a check complains."""
    try:
        return tuple(settings.index_name for settings in get_all_index_settings())
    except SettingsError:
        return ()
