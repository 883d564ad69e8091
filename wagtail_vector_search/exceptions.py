"""Every error this package raises. The docstring of a class is its default message."""

from __future__ import annotations

#: Seconds that an embedding provider can have us wait, whatever it asks for: a limit may be lifted, or a header wrong.
MAX_RETRY_AFTER = 600.0


class VectorSearchError(Exception):
    """Something went wrong in wagtail-vector-search."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class SettingsError(VectorSearchError):
    """WAGTAIL_VECTOR_SEARCH is not usable as it stands."""


class MissingVectorTableError(VectorSearchError):
    """No embedding table has the dimensions that the provider returns."""


class IndexNotReadyError(VectorSearchError):
    """The index has not been built. Run: python manage.py update_vector_index"""


class GenerationRetiredError(VectorSearchError):
    """Another run or other settings have retired the generation while it was being built. Run the command again."""


class ProviderError(VectorSearchError):
    """The embedding provider failed."""


class ProviderConfigurationError(ProviderError):
    """The embedding provider refuses the configuration: unknown model, missing package or wrong key."""


class ProviderUnavailableError(ProviderError):
    """The embedding provider cannot be reached or is overloaded; trying again later may help."""

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message)
        #: Seconds that the provider asks us to wait, 0 to ``MAX_RETRY_AFTER``; ``None`` when it does not say.
        self.retry_after = None if retry_after is None else min(max(retry_after, 0.0), MAX_RETRY_AFTER)


class ProviderTimeoutError(ProviderUnavailableError):
    """The embedding provider gave no answer in time."""


class TooManyCallsError(ProviderUnavailableError):
    """As many calls as may wait for an embedding provider are waiting already."""


class BatchTooLargeError(ProviderError):
    """The embedding provider refused the batch as too large."""


class InvalidEmbeddingError(ProviderError):
    """The embedding provider returned something that is not an embedding."""


class DimensionsError(InvalidEmbeddingError):
    """The embedding provider returned vectors of another width than the index keeps."""


class JudgmentsError(VectorSearchError):
    """The judgments cannot be read as they stand."""

    def __init__(self, *problems: object) -> None:
        #: Everything that is wrong, each with its line and what to type instead.
        self.problems = tuple(map(str, problems))
        super().__init__("\n".join(self.problems))


class EvaluationError(VectorSearchError):
    """The searches cannot be compared by these judgments."""
