"""Makes providers from settings: one instance per configuration and process."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.utils.module_loading import import_string

from ..conf import SETTING_NAME, IndexSettings, get_all_index_settings
from ..exceptions import ProviderConfigurationError, ProviderError, VectorSearchError
from ..privacy import private_values
from .base import BaseEmbeddingProvider
from .llm_models import forget_models
from .redaction import redact

logger = logging.getLogger(__name__)

_EXAMPLE = "wagtail_vector_search.providers.llm.LLMProvider"

_instances: dict[tuple[str, str, str], BaseEmbeddingProvider] = {}
_lock = threading.Lock()


def get_provider(path: str, model: str, options: Mapping[str, Any]) -> BaseEmbeddingProvider:
    """Return the provider of a configuration, made at the first call and shared by all threads.

    Args:
        path: dotted path of a ``BaseEmbeddingProvider`` (``PROVIDER`` in settings).
        model: name of the model (``MODEL``).
        options: the provider's own settings (``OPTIONS``).

    Raises:
        ProviderConfigurationError: the path leads to no provider, or the provider refuses the options.
    """
    return _get_provider(path, model, options, where=f"{SETTING_NAME}[...]")


def get_provider_for(settings: IndexSettings) -> BaseEmbeddingProvider:
    """Return the provider of one configured index; see ``get_provider``."""
    where = f'{SETTING_NAME}["{settings.index_name}"]'
    return _get_provider(settings.provider, settings.model, settings.options, where=where)


def begin_loading() -> None:
    """Have the model of each index loaded in the background. Never raises: a search tells what is wrong."""
    try:
        for settings in get_all_index_settings():
            get_provider_for(settings).wait_until_ready(0)
    except Exception as error:  # of a project's own provider, perhaps
        said = error if isinstance(error, VectorSearchError) else type(error).__name__
        logger.warning("The model of an index cannot be loaded: %s", said)


def reset_providers() -> None:
    """Drop every instance and every model of llm, so that the next call makes a new one. For tests."""
    with _lock:
        _instances.clear()
    forget_models()


def _get_provider(path: str, model: str, options: Mapping[str, Any], *, where: str) -> BaseEmbeddingProvider:
    # A hash, because options hold keys, and an error page shows what variables hold.
    digest = blake2b(json.dumps(options, sort_keys=True, default=repr).encode()).hexdigest()
    key = (path, model, digest)
    provider = _instances.get(key)
    if provider is None:
        with _lock:
            provider = _instances.get(key) or _instances.setdefault(key, _make_provider(path, model, options, where))
    return provider


def _make_provider(path: str, model: str, options: Mapping[str, Any], where: str) -> BaseEmbeddingProvider:
    provider_class = _import_provider_class(path, f'{where}["PROVIDER"]')
    try:
        return provider_class(model, options)
    except ProviderError as exc:
        raise ProviderConfigurationError(f"{where}: {exc}") from None
    except Exception as exc:
        # Not in a variable, which an error page would show.
        problem = redact(
            f"{type(exc).__name__}: {exc}",
            secrets=[*private_values(options), *(value for value in options.values() if isinstance(value, str))],
        )
    raise ProviderConfigurationError(f"{where}: {path} cannot be set up. {problem}")


def _import_provider_class(path: str, setting: str) -> type[BaseEmbeddingProvider]:
    try:
        provider_class = import_string(path)
    except Exception as exc:
        problem = redact(str(exc))
        provider_class = None
    if provider_class is None:
        raise ProviderConfigurationError(
            f'{setting} is "{path}", which cannot be imported: {problem} '
            f'Set it to the dotted path of a provider class, such as "{_EXAMPLE}".'
        )
    if not (isinstance(provider_class, type) and issubclass(provider_class, BaseEmbeddingProvider)):
        raise ProviderConfigurationError(
            f'{setting} is "{path}", which is not a subclass of '
            f'wagtail_vector_search.providers.BaseEmbeddingProvider. Set it to one, such as "{_EXAMPLE}".'
        )
    return provider_class
