"""Providers that misbehave, or let something happen while they are asked."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import ClassVar

from wagtail_vector_search.exceptions import InvalidEmbeddingError, ProviderConfigurationError, ProviderUnavailableError
from wagtail_vector_search.providers import BaseEmbeddingProvider, DeterministicProvider


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


class HookedRemoteProvider(HookedProvider):
    """The same, called over a network."""

    is_local = False


class DownProvider(DeterministicProvider):
    """Cannot be reached while ``down``."""

    down = True

    def _embed(self, texts, *, kind):
        if type(self).down:
            raise ProviderUnavailableError("No answer from the embedding service.", retry_after=120)
        return super()._embed(texts, kind=kind)


class RateLimitedProvider(DeterministicProvider):
    """Refuses so many calls for queries, each with a moment to wait."""

    refusals = 0

    def _embed(self, texts, *, kind):
        if kind == "query" and type(self).refusals:
            type(self).refusals -= 1
            raise ProviderUnavailableError("Too many requests.", retry_after=0.01)
        return super()._embed(texts, kind=kind)


class FlakyProvider(RemoteProvider):
    """Cannot be reached now and then."""

    def _embed(self, texts, *, kind):
        if random.random() < 0.1:
            raise ProviderUnavailableError("No answer from the embedding service.", retry_after=1)
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


class ModelsProvider(DeterministicProvider):
    """Every model has a vector space of its own: a query of one finds nothing among the pages of another."""

    #: Class, model, width and kind of every call.
    asked: ClassVar[list[tuple[str, str, int, str]]] = []

    def _embed(self, texts, *, kind):
        self.asked.append((type(self).__name__, self.model, self.dimensions, kind))
        return super()._embed([" ".join(f"{word}{self.model}" for word in text.split()) for text in texts], kind=kind)


class OtherModelsProvider(ModelsProvider):
    """Another provider, with other models of the same names."""

    def _embed(self, texts, *, kind):
        return super()._embed([text.upper()[::-1] for text in texts], kind=kind)


class GrowingProvider(BaseEmbeddingProvider):
    """A service whose model returns vectors of another width from one day to the next."""

    width = 256

    def _embed(self, texts, *, kind):
        return DeterministicProvider(options={"dimensions": self.width}).embed_documents(texts)


class BrokenRemoteProvider(RemoteProvider):
    """Is called over a network, counts the calls of all its instances, and fails while ``broken``."""

    broken = False
    asked = 0

    def _embed(self, texts, *, kind):
        type(self).asked += 1
        if type(self).broken:
            raise ProviderUnavailableError("The service is overloaded.")
        return super()._embed(texts, kind=kind)


class HangingRemoteProvider(RemoteProvider):
    """Is called over a network, and does not answer while ``hanging`` until ``release`` is set."""

    hanging = False
    release = threading.Event()
    asked = 0

    def _embed(self, texts, *, kind):
        type(self).asked += 1
        if type(self).hanging:
            self.release.wait(30)
        return super()._embed(texts, kind=kind)
