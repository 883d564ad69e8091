"""The state of a page in the index, and what went wrong, in the words of an editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext

from ..models import Entry
from ..models.entries import SkipReason
from ..retrieval.values import DegradedReason

State = Entry.State

Text = str | Promise


@dataclass(frozen=True, slots=True)
class StateWords:
    """What an editor is told about a page in the index."""

    #: Two or three words, for a tag or a column.
    label: str
    #: What it means for visitors, and what to do, if anything.
    sentence: str
    #: ``good``, ``waiting``, ``bad`` or ``neutral``; for a colour or an icon beside the words, never instead.
    tone: str
    #: The error as it was noted, for a developer; empty if there is none.
    technical: str = ""


#: State -> label, sentence, tone.
_STATES: Mapping[str, tuple[Text, Text, str]] = {
    State.INDEXED: (
        pgettext("state of a page", "In search"),
        gettext_lazy("Visitors find this page by its words and by its meaning."),
        "good",
    ),
    State.PENDING: (
        pgettext("state of a page", "Waiting"),
        gettext_lazy("Search has not read the latest version of this page yet. It will do so automatically."),
        "waiting",
    ),
    State.FAILED: (
        pgettext("state of a page", "Failed"),
        gettext_lazy("Search could not read the latest version of this page."),
        "bad",
    ),
    State.SKIPPED: (
        pgettext("state of a page", "Left out"),
        gettext_lazy("Visitors do not find this page."),
        "neutral",
    ),
}

_NEVER_SEEN = (
    pgettext("state of a page", "Not seen yet"),
    gettext_lazy("Search has not seen this page yet. It will when you publish it."),
    "neutral",
)

#: Reason -> label, sentence.
_REASONS: Mapping[str, tuple[Text, Text]] = {
    SkipReason.NOT_LIVE: (
        gettext_lazy("Not published"),
        gettext_lazy("Not in search because it is not published. It will be once you publish it."),
    ),
    SkipReason.PRIVATE: (
        gettext_lazy("Private"),
        gettext_lazy("Not in search because it, or a page above it, is private."),
    ),
    SkipReason.ALIAS: (
        gettext_lazy("Alias"),
        gettext_lazy("Not in search because it is an alias: visitors find the original page instead."),
    ),
    SkipReason.PAGE_TYPE: (
        gettext_lazy("Type not in search"),
        gettext_lazy("Not in search because this site leaves out pages of this type."),
    ),
    SkipReason.UNKNOWN_TYPE: (
        gettext_lazy("Type removed"),
        gettext_lazy("Not in search because this site no longer has pages of this type. Visitors cannot open it."),
    ),
    SkipReason.OWN_RULE: (
        gettext_lazy("Own rule"),
        gettext_lazy("Not in search because the rules of its page type leave it out."),
    ),
    SkipReason.NO_ADDRESS: (
        gettext_lazy("No address"),
        gettext_lazy("Not in search because pages of this type have no address that visitors could open."),
    ),
    SkipReason.EMPTY: (
        gettext_lazy("No text"),
        gettext_lazy("Not in search because it has no text that search can read."),
    ),
}

_UNAVAILABLE = gettext_lazy(
    "The service that finds pages by meaning cannot be reached at the moment. Search will try again automatically."
)
_CONFIGURATION = gettext_lazy(
    "The service that finds pages by meaning is not set up correctly. Ask a developer to check the settings."
)
_NONSENSE = gettext_lazy(
    "The service that finds pages by meaning gave an answer that search cannot use. Ask a developer."
)
_DATABASE = gettext_lazy("The database could not store what search needs of this page.")

#: Name of an exception, as ``last_error`` begins with it -> sentence.
_ERRORS: Mapping[str, Text] = {
    "ProviderUnavailableError": _UNAVAILABLE,
    "TooManyCallsError": _UNAVAILABLE,
    "ProviderTimeoutError": gettext_lazy(
        "The service that finds pages by meaning took too long to answer. Search will try again automatically."
    ),
    "ProviderConfigurationError": _CONFIGURATION,
    "MissingVectorTableError": _CONFIGURATION,
    "SettingsError": _CONFIGURATION,
    "DimensionsError": _NONSENSE,
    "InvalidEmbeddingError": _NONSENSE,
    "BatchTooLargeError": gettext_lazy(
        "The service that finds pages by meaning says that this page is too long. Ask a developer."
    ),
    "ProviderError": gettext_lazy("The service that finds pages by meaning refused this page."),
    **dict.fromkeys(
        ("OperationalError", "DataError", "IntegrityError", "InternalError", "InterfaceError", "ProgrammingError"),
        _DATABASE,
    ),
}

_UNKNOWN = gettext_lazy("Something on this page could not be read. The details below help a developer.")

#: Why searches use words only -> sentence.
_DEGRADED: Mapping[str, Text] = {
    DegradedReason.NOT_POSTGRESQL: gettext_lazy("The database of this site cannot find pages by meaning."),
    DegradedReason.NOT_BUILT: gettext_lazy("The index for finding pages by meaning has not been built yet."),
    DegradedReason.LOADING: gettext_lazy("What finds pages by meaning was still being loaded."),
    DegradedReason.DEADLINE: gettext_lazy("The service that finds pages by meaning was too slow."),
    DegradedReason.BUSY: gettext_lazy("There were too many searches at the same time."),
    DegradedReason.PROVIDER_ERROR: gettext_lazy("The service that finds pages by meaning failed."),
    DegradedReason.PROVIDER_DOWN: gettext_lazy("The service that finds pages by meaning cannot be reached."),
    DegradedReason.BUDGET: gettext_lazy("There were more searches than the site allows per minute."),
    DegradedReason.DATABASE_TIMEOUT: gettext_lazy("The database was too slow."),
    DegradedReason.INDEX_UNREADABLE: gettext_lazy("The search index could not be read. Ask a developer."),
}


def describe_state(state: str | None, skip_reason: str = "", last_error: str = "") -> StateWords:
    """Return the words for the state of a page.

    Args:
        state: of its ``Entry``; ``None`` for a page that the index has no state of.
        skip_reason: of the same.
        last_error: of the same.
    """
    label, sentence, tone = _STATES.get(state or "", _NEVER_SEEN)
    if state == State.SKIPPED:
        label, sentence = _REASONS.get(skip_reason, (label, sentence))
    if last_error and state != State.SKIPPED:
        sentence = describe_error(last_error)
        if state == State.PENDING:
            # Words are stored before the provider is asked, so that the page is found by them.
            sentence = _("For now, visitors find this page by its words only. {error}").format(error=sentence)
    return StateWords(str(label), str(sentence), tone, last_error)


def describe_error(last_error: str) -> str:
    """Say what went wrong with a page; nothing of the technical message is repeated."""
    return str(_ERRORS.get(last_error.partition(":")[0].strip(), _UNKNOWN))


def describe_degraded(reason: str) -> str:
    """Say why searches used words only.

    Args:
        reason: a ``DegradedReason``.
    """
    return str(_DEGRADED.get(reason, _DEGRADED[DegradedReason.PROVIDER_ERROR]))


def state_label(state: str) -> str:
    """Return the two or three words for a state, whatever the reason for it."""
    return str(_STATES.get(state, _NEVER_SEEN)[0])


def reason_label(skip_reason: str) -> str:
    """Return the two or three words for why pages are left out."""
    return str(_REASONS[skip_reason][0] if skip_reason in _REASONS else _STATES[State.SKIPPED][0])
