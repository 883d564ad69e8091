"""Providers that misbehave, or let something happen while they are asked."""

from __future__ import annotations

import time
from collections.abc import Callable

from wagtail_vector_search.exceptions import InvalidEmbeddingError, ProviderConfigurationError, ProviderUnavailableError
from wagtail_vector_search.providers import DeterministicProvider


class HookedProvider(DeterministicProvider):
    """Calls ``hook`` once, in the middle of its next call."""

    hook: Callable[[], object] | None = None

    def _embed(self, texts, *, kind):
        hook, self.hook = self.hook, None
        if hook:
            hook()
        return super()._embed(texts, kind=kind)


class RemoteProvider(DeterministicProvider):
    """Behaves as if it were called over a network."""

    is_local = False


class DownProvider(DeterministicProvider):
    """Cannot be reached while ``down``."""

    down = True

    def _embed(self, texts, *, kind):
        if type(self).down:
            raise ProviderUnavailableError("No answer from the embedding service.", retry_after=120)
        return super()._embed(texts, kind=kind)


class PickyProvider(DeterministicProvider):
    """Fails on every batch that holds the word poison."""

    def _embed(self, texts, *, kind):
        if any("poison" in text for text in texts):
            raise InvalidEmbeddingError("NaN for one of: " + " ".join(texts))
        return super()._embed(texts, kind=kind)


class NonsenseProvider(DeterministicProvider):
    """Fails on everything."""

    def _embed(self, texts, *, kind):
        raise InvalidEmbeddingError("NaN.")


class WideProvider(DeterministicProvider):
    """Answers with another width than it used to, once ``wide``."""

    wide = False

    def _embed(self, texts, *, kind):
        vectors = super()._embed(texts, kind=kind)
        return vectors[:, :200] if type(self).wide else vectors


class SlowProvider(DeterministicProvider):
    """Takes longer than PostgreSQL lets a transaction be idle in the tests that use it."""

    def _embed(self, texts, *, kind):
        time.sleep(0.3)
        return super()._embed(texts, kind=kind)


class RepairedProvider(DeterministicProvider):
    """Fails when a process asks it first, and works from then on."""

    works = False

    def _embed(self, texts, *, kind):
        if not type(self).works:
            type(self).works = True
            raise ProviderUnavailableError("Not yet.", retry_after=0.05)
        return super()._embed(texts, kind=kind)


class UnmakeableProvider(DeterministicProvider):
    """Refuses its configuration."""

    def __init__(self, model, options=None):
        raise ProviderConfigurationError("There is no such model.")
