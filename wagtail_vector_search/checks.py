"""System checks: each names the setting to change and what to type.

Checks that need the database run with ``manage.py check --database default`` and before ``migrate``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from pgvector.django import HalfVectorField
from psycopg import IsolationLevel

from .analysis import get_analyzer
from .conf import SETTING_NAME, IndexSettings, get_all_index_settings
from .database.extension import read_extension, read_version
from .database.obstacles import Cause, Obstacle, find_obstacle
from .exceptions import ProviderError, SettingsError, VectorSearchError
from .models import Generation, get_vector_table, get_vector_tables
from .models.embeddings import MAX_DIMENSIONS, describe_too_many, get_embedding_dimensions

if TYPE_CHECKING:
    from .providers import BaseEmbeddingProvider

#: Parallel HNSW builds before 0.8.2 read out of bounds, vacuum before 0.8.4 could corrupt the graph.
RECOMMENDED_PGVECTOR = (0, 8, 4)

BACKEND_PREFIX = "wagtail_vector_search.backends"


def register_checks() -> None:
    """Register every check; called once from the app's ``ready``."""
    for check in (check_installed_apps, check_settings, check_backends, check_vendor, check_vector_tables):
        register(check, Tags.compatibility)
    register(check_database, Tags.database)


def check_installed_apps(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """``django.contrib.postgres`` brings the fields and look-ups that the tables use."""
    if apps.is_installed("django.contrib.postgres"):
        return []
    return [
        Error(
            "django.contrib.postgres is not installed.",
            hint='Add "django.contrib.postgres" to INSTALLED_APPS.',
            id="wagtail_vector_search.E001",
        )
    ]


def check_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """``WAGTAIL_VECTOR_SEARCH`` can be read, its providers imported, its page types found."""
    try:
        configured = get_all_index_settings()
    except SettingsError as error:
        return [Error(str(error), hint=f"Correct {SETTING_NAME} in your settings.", id="wagtail_vector_search.E002")]
    messages: list[CheckMessage] = []
    for index in configured:
        setting = f'{SETTING_NAME}["{index.index_name}"]'
        try:
            _get_provider(index)
        except ProviderError as error:
            hint = f'Correct {setting}["PROVIDER"].'
            messages.append(Error(str(error), hint=hint, id="wagtail_vector_search.E003"))
        for code in index.analyzers:
            try:
                get_analyzer(code, index.analyzers)
            except SettingsError as error:
                hint = f'Correct {setting}["ANALYZERS"]["{code}"].'
                messages.append(Error(str(error), hint=hint, id="wagtail_vector_search.E014"))
        for key, labels in (("PAGE_TYPES", index.page_types), ("EXCLUDE_PAGE_TYPES", index.exclude_page_types)):
            for label in labels:
                try:
                    apps.get_model(label)
                except (LookupError, ValueError):
                    hint = f'Correct {setting}["{key}"]: write "app_label.ModelName".'
                    missing = f'There is no page type "{label}".'
                    messages.append(Error(missing, hint=hint, id="wagtail_vector_search.E004"))
    return messages


def check_backends(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every search backend of ours has its index, and a keyword backend that is not one of ours."""
    backends = getattr(django_settings, "WAGTAILSEARCH_BACKENDS", {})
    ours = {
        alias: params for alias, params in backends.items() if str(params.get("BACKEND", "")).startswith(BACKEND_PREFIX)
    }
    configured = getattr(django_settings, SETTING_NAME, None) or {"default": {}}
    messages: list[CheckMessage] = []
    if "default" in ours:
        messages.append(
            Warning(
                'WAGTAILSEARCH_BACKENDS["default"] is a backend of this package: it finds published pages only, and '
                "the admin searches with the default backend, where editors look for their drafts.",
                hint='Give it another name, such as "hybrid", and search with it: .search("…", backend="hybrid").',
                id="wagtail_vector_search.W011",
            )
        )
    for alias, params in ours.items():
        setting, index = f'WAGTAILSEARCH_BACKENDS["{alias}"]', params.get("INDEX", "default")
        if index not in configured:
            text = f'{setting} uses the index "{index}", which {SETTING_NAME} does not have.'
            hint = f'Add "{index}" to {SETTING_NAME}, or correct {setting}["INDEX"].'
            messages.append(Error(text, hint=hint, id="wagtail_vector_search.E005"))
        if params.get("KEYWORD_BACKEND") in ours or str(params.get("KEYWORD_BACKEND", "")).startswith(BACKEND_PREFIX):
            text = f'{setting}["KEYWORD_BACKEND"] names a backend of this package.'
            hint = 'Name one that searches by keywords, such as "wagtail.search.backends.database".'
            messages.append(Error(text, hint=hint, id="wagtail_vector_search.E006"))
    return messages


def check_vendor(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Vectors need PostgreSQL; elsewhere the app works, with keywords only."""
    connection = _connection()
    if connection.vendor == "postgresql":
        return list(_check_isolation_level(connections[router.db_for_write(Generation)]))
    return [
        Warning(
            f'The database "{connection.alias}" is {connection.vendor}: searches are answered by keywords only.',
            hint="For search by meaning, point DATABASES at PostgreSQL 14 or later with the pgvector extension.",
            id="wagtail_vector_search.W001",
        )
    ]


def _check_isolation_level(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    level = connection.settings_dict.get("OPTIONS", {}).get("isolation_level")
    if level is not None and level > IsolationLevel.READ_COMMITTED:
        yield Warning(
            f'The database "{connection.alias}" runs transactions at a stricter level than READ COMMITTED: PostgreSQL '
            "refuses a publish (SQLSTATE 40001) when a worker has just indexed the same page.",
            hint="Take isolation_level out of the OPTIONS of this database, or try such a request once more.",
            id="wagtail_vector_search.W010",
        )


def check_vector_tables(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every vector table of the project can be indexed: found before its migration is made or run."""
    messages: list[CheckMessage] = []
    for model in get_vector_tables():
        fields: dict[str, Any] = {field.name: field for field in model._meta.get_fields()}
        field, dimensions = fields["embedding"], get_embedding_dimensions(model)
        if not isinstance(field, HalfVectorField):
            text = f"The field {model._meta.label}.embedding is a {type(field).__name__}."
            hint = f"Write: embedding = HalfVectorField(dimensions={dimensions})"
        elif dimensions > MAX_DIMENSIONS:
            text = f"The vector table {model._meta.label} is for {dimensions} dimensions."
            hint = f"Remove it: {describe_too_many(dimensions)}"
        else:
            continue
        messages.append(Error(text, hint=hint, obj=model, id="wagtail_vector_search.E013"))
    return messages


def check_database(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The server has pgvector, and the index is built and fits the settings."""
    # Where searches read, and where the index is written: the same unless the project has a replica.
    used = dict.fromkeys((_connection().alias, router.db_for_write(Generation)))
    checked = [connections[alias] for alias in used if alias in (databases or ())]
    if not checked or checked[0].vendor != "postgresql":
        return []
    messages: list[CheckMessage] = []
    for connection in checked:
        obstacle = find_obstacle(connection)
        # Before migrate, which is about to create the extension and the tables, nothing is wrong.
        if obstacle is None or obstacle.cause is Cause.NOT_MIGRATED:
            messages += _check_pgvector(connection)
        else:
            messages.append(_describe_obstacle(obstacle))
    return messages or _check_index(_connection())


#: What each obstacle is as a message.
_OBSTACLES: Mapping[Cause, tuple[type[Error | Warning], str]] = {
    Cause.UNREACHABLE: (Warning, "W002"),
    Cause.NOT_ON_SERVER: (Error, "E007"),
    Cause.TOO_OLD: (Error, "E008"),
    Cause.HIDDEN: (Error, "E010"),
    # migrate must not be kept from running by what it does not mend.
    Cause.NOT_CREATED: (Warning, "W006"),
    Cause.INCOMPLETE: (Warning, "W006"),
    Cause.NOT_PERMITTED: (Warning, "W007"),
}


def _describe_obstacle(obstacle: Obstacle) -> CheckMessage:
    kind, number = _OBSTACLES[obstacle.cause]
    return kind(obstacle.said, hint=obstacle.remedy, id=f"wagtail_vector_search.{number}")


def _connection() -> BaseDatabaseWrapper:
    return connections[router.db_for_read(Generation) or "default"]


def _check_pgvector(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    extension = read_extension(connection)
    return check_pgvector_version(extension.version or extension.available)


def check_pgvector_version(text: str) -> list[CheckMessage]:
    """pgvector is recent enough to build its indexes without faults."""
    if read_version(text) >= RECOMMENDED_PGVECTOR:
        return []
    return [
        Warning(
            f"pgvector {text} lacks fixes to HNSW indexes (0.8.2: security, 0.8.4: vacuum).",
            hint="Update pgvector on the server, then run in the database: ALTER EXTENSION vector UPDATE;",
            id="wagtail_vector_search.W003",
        )
    ]


def _check_index(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    from .status import get_status

    if find_obstacle(connection):
        return []  # migrate is about to make the tables
    try:
        configured = get_all_index_settings()
        problems = get_status().problems
    except SettingsError:
        return []  # reported by check_settings
    messages: list[CheckMessage] = [
        Warning(problem, hint="python manage.py vector_search_status shows more.", id="wagtail_vector_search.W004")
        for problem in problems
    ]
    messages += [message for index in configured for message in _check_analyzers(index)]
    messages += _check_plugins(configured)
    return [*messages, *(message for index in configured for message in _check_dimensions(index))]


def _check_analyzers(index: IndexSettings) -> Iterator[CheckMessage]:
    for code in index.analyzers:
        try:
            problem = get_analyzer(code, index.analyzers).find_problem()
        except SettingsError:
            continue  # reported by check_settings
        if problem:
            hint = "Pages in this language are not indexed until then; others are."
            yield Error(problem, hint=hint, id="wagtail_vector_search.E014")


def _check_plugins(configured: Sequence[IndexSettings]) -> Iterator[CheckMessage]:
    """Plugins of llm can be imported, where one of them has the model of an index."""
    from .providers import LLMProvider
    from .providers.llm_models import find_broken_plugins

    for index in configured:
        try:
            provider = _get_provider(index)
        except ProviderError:
            continue  # reported by check_settings
        if isinstance(provider, LLMProvider) and not provider.is_own_model:
            break
    else:
        return
    for plugin, problem in find_broken_plugins().items():
        yield Warning(
            f"The llm plugin {plugin} does not work: {problem}",
            hint=f"Update it, or remove it: pip uninstall {plugin}. Models of other plugins are not affected.",
            id="wagtail_vector_search.W008",
        )


def _check_dimensions(index: IndexSettings) -> Iterator[CheckMessage]:
    # Known without a call to a service: declared, or of a model in this process.
    dimensions = index.options.get("dimensions")
    if not isinstance(dimensions, int):
        try:
            provider = _get_provider(index)
            dimensions = provider.dimensions if provider.is_local else None
        except ProviderError:
            return
        if dimensions is None:
            return
    returned = f'{SETTING_NAME}["{index.index_name}"]: the model "{index.model}" returns {dimensions} dimensions'
    try:
        get_vector_table(dimensions, index.vector_table)
    except (VectorSearchError, LookupError) as error:
        yield Error(f"{returned}, and no table keeps that many.", hint=str(error), id="wagtail_vector_search.E009")
    serving = Generation.objects.filter(index_name=index.index_name, state=Generation.State.ACTIVE).first()
    if serving is not None and serving.dimensions != dimensions:
        yield Warning(
            f"{returned}, and the index that serves was built with {serving.dimensions}.",
            hint="Run: python manage.py update_vector_index. Until then the index goes on serving as it was built.",
            id="wagtail_vector_search.W005",
        )


def _get_provider(index: IndexSettings) -> BaseEmbeddingProvider:
    from .providers import get_provider_for

    return get_provider_for(index)
