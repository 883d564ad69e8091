"""Which index, and which generation of it, the report is about."""

from __future__ import annotations

from dataclasses import dataclass

from ...conf import get_all_index_settings
from ...exceptions import SettingsError
from ...indexing.database import is_ready, write_alias
from ...models import VectorIndex

State = VectorIndex.State


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the report is about.

    Args:
        alias: of the index; empty if none is configured.
        aliases: of all indexes, in the order of the setting.
        generation: the one that serves searches; the one that is being built while none serves; or none.
        has_tables: whether the database is PostgreSQL with this app's tables in it.
    """

    alias: str
    aliases: tuple[str, ...]
    generation: VectorIndex | None
    has_tables: bool

    @property
    def is_serving(self) -> bool:
        """Whether visitors' searches are answered from it."""
        return self.generation is not None and self.generation.state == State.ACTIVE


def choose(wanted: str | None) -> Chosen:
    """Choose an index and its generation. One statement.

    Args:
        wanted: alias of an index; the first one is taken for any that is not configured.
    """
    aliases = configured_aliases()
    alias = wanted if wanted in aliases else next(iter(aliases), "")
    if not is_ready(write_alias()):
        return Chosen(alias or "", aliases, None, has_tables=False)
    # "active" comes before "building".
    following = VectorIndex.objects.filter(alias=alias, state__in=(State.ACTIVE, State.BUILDING)).order_by("state")
    return Chosen(alias or "", aliases, following.first(), has_tables=True)


def configured_aliases() -> tuple[str, ...]:
    """Return the aliases of all indexes; none where the settings are not usable, of which a check complains."""
    try:
        return tuple(settings.alias for settings in get_all_index_settings())
    except SettingsError:
        return ()
