"""Finds the embedding models of llm's plugins, so that one plugin that is broken or slow harms no other.

llm itself imports all plugins at once and asks all of them for their models: the first that fails takes every model
with it, and one that waits for its server keeps all waiting.
"""

from __future__ import annotations

import importlib
import json
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import ProviderConfigurationError
from .redaction import redact

if TYPE_CHECKING:
    from llm.models import EmbeddingModel

#: Plugins whose models run in this process and do not say so.
LOCAL_PLUGINS = frozenset({
    "llm_clip", "llm_embed_hazo", "llm_embed_jina", "llm_embed_onnx", "llm_gguf", "llm_sentence_transformers",
})  # fmt: skip

# llm says that its plugins are loaded before they are, so a second thread would find no models.
_importing = threading.Lock()
#: Models by the name that they were looked up under: a second look-up would make a second model.
_found: dict[str, EmbeddingModel] = {}
#: What is wrong with a plugin, redacted, by its name.
_broken: dict[str, str] = {}


def find_model(name: str) -> EmbeddingModel:
    """Return the model with a name or an alias. It may take as long as a plugin takes to answer.

    Raises:
        ProviderConfigurationError: no plugin has it; the message names those that failed.
    """
    if name not in _found:
        found = _look_up(name)  # without the lock: a plugin may wait for its server
        _found.setdefault(name, found)
    return _found[name]


def find_broken_plugins() -> dict[str, str]:
    """Return what is wrong with plugins that cannot be imported, or have failed to name their models, by name."""
    _import_plugins()
    return dict(_broken)


def forget_models() -> None:
    """Look every model up again. For tests."""
    _found.clear()
    _broken.clear()


def runs_in_this_process(model: Any) -> bool:
    """Return whether a model says that it is local, or is of a plugin whose models are."""
    declared = getattr(model, "is_local", None)
    if isinstance(declared, bool):
        return declared
    return type(model).__module__.partition(".")[0] in LOCAL_PLUGINS


def _look_up(name: str) -> EmbeddingModel:
    _import_plugins()
    names = {name, _read_aliases().get(name, name)}
    known: list[str] = []
    for model, aliases in _registered():
        if names & {model.model_id, *aliases}:
            return model
        known.append(model.model_id)
    problems = "".join(f" The llm plugin {plugin} failed: {problem}." for plugin, problem in _broken.items())
    raise ProviderConfigurationError(
        f'llm has no embedding model "{name}".{problems} Set MODEL to one that "llm embed-models" lists '
        f"({', '.join(sorted(known)) or 'none'}), or install the plugin that brings it, such as: "
        "llm install llm-sentence-transformers"
    )


def _registered() -> Iterator[tuple[EmbeddingModel, list[str]]]:
    """Yield models with their aliases, plugin by plugin, those that llm brings first."""
    from llm.plugins import DEFAULT_PLUGINS, pm

    hooks = pm.hook.register_embedding_models.get_hookimpls()
    for hook in sorted(hooks, key=lambda hook: hook.plugin_name not in DEFAULT_PLUGINS):
        registered: list[tuple[EmbeddingModel, list[str]]] = []

        def register(model: EmbeddingModel, aliases: Any = None, to: list[Any] = registered) -> None:
            to.append((model, list(aliases or ())))

        given = {"register": register}
        _try(hook.plugin_name, lambda: hook.function(**{name: given[name] for name in hook.argnames}))  # noqa: B023
        yield from registered


def _import_plugins() -> None:
    """Import the plugins of llm that are not yet, one by one, and hide from llm those that cannot be imported."""
    import llm.plugins as llm_plugins

    with _importing:
        _import_plugins_into(llm_plugins)


def _import_plugins_into(llm_plugins: Any) -> None:
    pm = llm_plugins.pm
    # As llm has it: a list in the environment counts instead, and tests of other programs want no plugins at all.
    if llm_plugins.LLM_LOAD_PLUGINS is None and not hasattr(sys, "_called_from_test"):
        for entry in entry_points(group="llm"):
            if not (pm.has_plugin(entry.name) or pm.is_blocked(entry.name)):
                name = entry.dist.name if entry.dist else entry.name
                if not _try(name, partial(_register, entry, pm)):
                    pm.set_blocked(entry.name)
    _try("llm", llm_plugins.load_plugins)
    for default in llm_plugins.DEFAULT_PLUGINS:
        if not pm.has_plugin(default):  # llm has tried before, and failed at a plugin
            _try(default, partial(_register_module, default, pm))


def _register(entry: EntryPoint, pm: Any) -> None:
    plugin = entry.load()
    pm.register(plugin, name=entry.name)
    pm._plugin_distinfo.append((plugin, entry.dist))  # by which llm tells where a plugin is from


def _register_module(name: str, pm: Any) -> None:
    pm.register(importlib.import_module(name), name)


def _try(plugin: str, function: Callable[[], object]) -> bool:
    """Return whether a plugin does something without failing; note what is wrong if it does not."""
    try:
        function()
    except Exception as exc:
        _broken[plugin] = redact(f"{type(exc).__name__}: {exc}")
        return False
    return True


def _read_aliases() -> dict[str, str]:
    """Return the user's own names; none where a server process may not have a folder for them."""
    import llm

    try:
        folder: Path = llm.user_dir()  # type: ignore[no-untyped-call]
        return dict(json.loads((folder / "aliases.json").read_text()))
    except (OSError, ValueError):
        return {}
