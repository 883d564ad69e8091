"""A provider that embeds at most 200 texts a second, as a hosted one may, and how near an update gets to that rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.test import override_settings

from wagtail_vector_search.conf import SETTING_NAME, get_index_settings
from wagtail_vector_search.providers import get_provider_for
from wagtail_vector_search.providers.base import BaseEmbeddingProvider

from .timing import time_call

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Texts a second.
RATE = 200

#: Pages of the site that is built: so many that its beginning and end count little.
PAGES = 5_000


class ThrottledProvider(BaseEmbeddingProvider):
    """Waits without using the processor; its vectors mean nothing."""

    max_batch_size = 100
    #: Texts embedded in all.
    texts = 0

    def __init__(self, model: str, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(model, options)
        self._turn = threading.Lock()

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        return 384

    def _embed(self, texts: Sequence[str], *, kind: Any) -> NDArray[np.float32]:
        import numpy as np

        with self._turn:  # as much in all, however many ask at once
            time.sleep(len(texts) / RATE)
            self.texts += len(texts)
        return np.random.default_rng(len(texts)).standard_normal((len(texts), self.dimensions), dtype=np.float32)


def measure_with_throttled_provider() -> float:
    """Build a generation with this provider; return the share of its rate that the update reaches, 0 to 1."""
    path = f"{ThrottledProvider.__module__}.{ThrottledProvider.__qualname__}"
    with override_settings(**{SETTING_NAME: {"default": {"PROVIDER": path, "MODEL": "throttled"}}}):
        provider = get_provider_for(get_index_settings())
        seconds = time_call(lambda: call_command("update_vector_index", quiet=True)) / 1000
    assert isinstance(provider, ThrottledProvider)
    assert provider.texts
    return provider.texts / RATE / seconds
