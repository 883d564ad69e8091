"""The guards that ``make mutate`` takes out: conditions, locks and clauses without which something goes wrong."""

from __future__ import annotations

from typing import NamedTuple

STATEMENTS = "wagtail_vector_search/indexing/entry_states/statements.py"
WORKERS = "wagtail_vector_search/indexing/entry_states/workers.py"
COMPARISON = "wagtail_vector_search/indexing/comparison.py"
TASKS = "wagtail_vector_search/indexing/tasks.py"
BACKGROUND = "wagtail_vector_search/indexing/background.py"
HANDLERS = "wagtail_vector_search/signal_handlers.py"
WORKER = "wagtail_vector_search/indexing/worker.py"
LIFECYCLE = "wagtail_vector_search/generations/lifecycle.py"
PRUNING = "wagtail_vector_search/indexing/pruning.py"
HNSW = "wagtail_vector_search/database/hnsw.py"
INTEGRITY = "wagtail_vector_search/status/integrity.py"
CLOSED = "wagtail_vector_search/visibility/closed_paths.py"
SURVEY = "wagtail_vector_search/indexing/survey.py"

ENTRIES = "tests/integration/indexing/test_entry_states.py"
COMPARED = "tests/integration/indexing/test_comparison.py"
BEHIND = "tests/integration/indexing/test_background.py"
PUBLISHED = "tests/integration/indexing/test_publishing.py"
DEADLOCKS = "tests/faults/test_worker_deadlocks.py"
SWITCH = "tests/faults/test_model_change_switch.py tests/integration/indexing/test_generations.py"


class Guard(NamedTuple):
    """One guard."""

    #: What it is.
    name: str
    path: str
    #: What stands there; once in the file.
    text: str
    #: What stands there when it is gone.
    instead: str
    #: The tests that should notice.
    tests: str


GUARDS = [
    Guard(
        "the root of the tree is no page to request",
        STATEMENTS,
        "= ANY(%(pages)s::{{page_key}}[]) AND page.depth > 1",
        "= ANY(%(pages)s::{{page_key}}[])",
        ENTRIES,
    ),
    Guard(
        "a request raises the version",
        STATEMENTS,
        "requested_version = entry.requested_version + 1, state = 'pending', skip_reason = ''",
        "state = 'pending', skip_reason = ''",
        ENTRIES,
    ),
    Guard(
        "a request ends a lease",
        STATEMENTS,
        "next_attempt_at = statement_timestamp(),\n    lease_expires_at = NULL\n",
        "next_attempt_at = statement_timestamp()\n",
        ENTRIES,
    ),
    Guard("only live pages are noted", STATEMENTS, "IN ({pages}) AND page.live AND", "IN ({pages}) AND", ENTRIES),
    Guard(
        "a note about a page that is left out requests nothing",
        STATEMENTS,
        "AND entry.skip_reason IN ('', 'empty', 'own_rule')",
        "",
        ENTRIES,
    ),
    Guard(
        "a note about a locked entry stays",
        STATEMENTS,
        "WHERE missed.generation_id = noted.generation_id AND missed.page_id = noted.page_id",
        "WHERE FALSE",
        ENTRIES,
    ),
    Guard(
        "a comparison requests only what it has read",
        STATEMENTS,
        "JOIN {{entry}} AS known ON known.page_id = compared.page_id AND known.requested_version = compared.version",
        "JOIN {{entry}} AS known ON known.page_id = compared.page_id",
        ENTRIES,
    ),
    Guard(
        "the row of a page decides whether it is withdrawn",
        STATEMENTS,
        "(%(deleted)s OR NOT page.live) AND",
        "",
        ENTRIES,
    ),
    Guard(
        "a failed page that a bulk run takes stays failed",
        STATEMENTS,
        "state = CASE entry.state WHEN 'failed' THEN 'failed' ELSE 'pending' END, skip_reason",
        "state = 'pending', skip_reason",
        ENTRIES,
    ),
    Guard(
        "a bulk run respects a lease",
        STATEMENTS,
        "(%(take_over)s OR known.lease_expires_at IS NULL OR known.lease_expires_at <= statement_timestamp())",
        "TRUE",
        ENTRIES,
    ),
    Guard(
        "a bulk run takes what it has surveyed",
        STATEMENTS,
        "ON known.page_id = surveyed.page_id AND known.requested_version = surveyed.version",
        "ON known.page_id = surveyed.page_id",
        ENTRIES,
    ),
    Guard(
        "a page that is unpublished after the survey is not taken",
        STATEMENTS,
        "WHERE page.live = survey.live AND",
        "WHERE",
        ENTRIES,
    ),
    Guard(
        "a page that is closed after the survey is not taken",
        STATEMENTS,
        " AND {is_private} = survey.private\n",
        "\n",
        ENTRIES,
    ),
    Guard(
        "a worker writes what it has claimed",
        STATEMENTS,
        "JOIN {entry} AS claimed ON claimed.page_id = claim.page_id AND claimed.requested_version = claim.version\n"
        "JOIN {page}",
        "JOIN {entry} AS claimed ON claimed.page_id = claim.page_id\nJOIN {page}",
        ENTRIES,
    ),
    Guard(
        "a page that was given up is not due",
        STATEMENTS,
        "OR due.state = 'failed' AND due.attempts < %(max_attempts)s",
        "OR due.state = 'failed'",
        ENTRIES,
    ),
    Guard(
        "a page that waits is not due",
        STATEMENTS,
        "    AND due.next_attempt_at <= statement_timestamp()\n",
        "",
        ENTRIES,
    ),
    Guard(
        "a page with a worker is not due",
        STATEMENTS,
        "    AND (due.lease_expires_at IS NULL OR due.lease_expires_at <= statement_timestamp())\n",
        "",
        ENTRIES,
    ),
    Guard(
        "inserting entries waits no longer than an editor may",
        WORKERS,
        "        fetch(using, f\"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'\")\n        return write(items)\n",
        "        return write(items)\n",
        f"{ENTRIES} {DEADLOCKS}",
    ),
    Guard("aliases do not belong in the index", COMPARISON, " AND page.alias_of_id IS NULL", "", COMPARED),
    Guard(
        "types that are left out do not belong in the index",
        COMPARISON,
        " AND page.content_type_id = ANY(%(content_types)s)",
        "",
        COMPARED,
    ),
    Guard(
        "private pages do not belong in the index",
        COMPARISON,
        "            AND (%(private_pages)s OR NOT {is_private}) AS belongs",
        "            AS belongs",
        COMPARED,
    ),
    Guard(
        "private pages belong where the settings say so",
        COMPARISON,
        "(%(private_pages)s OR NOT {is_private})",
        "NOT {is_private}",
        COMPARED,
    ),
    Guard(
        "a closed page that was given up is taken out",
        COMPARISON,
        "state IN ('indexed', 'failed') OR waits",
        "state = 'indexed' OR waits",
        COMPARED,
    ),
    Guard("a closed page that waits is taken out", COMPARISON, " OR waits OR is_leased)", " OR is_leased)", COMPARED),
    Guard(
        "rows of a page that is left out are found",
        COMPARISON,
        "            CASE WHEN has_terms OR stored_chunks > 0 THEN 'unwanted' END\n        WHEN NOT belongs AND (state",
        "            NULL\n        WHEN NOT belongs AND (state",
        COMPARED,
    ),
    Guard(
        "missing terms are found",
        COMPARISON,
        "CASE WHEN NOT has_terms OR listed_chunks <> stored_chunks",
        "CASE WHEN listed_chunks <> stored_chunks",
        COMPARED,
    ),
    Guard(
        "missing chunks are found",
        COMPARISON,
        "CASE WHEN NOT has_terms OR listed_chunks <> stored_chunks",
        "CASE WHEN NOT has_terms",
        COMPARED,
    ),
    Guard("a clock that jumped is found", COMPARISON, "        WHEN is_stuck THEN 'stuck'\n", "", COMPARED),
    Guard(
        "a generation that is being built gets no pages by a comparison",
        COMPARISON,
        "follows = writable.generation.state == Generation.State.ACTIVE",
        "follows = True",
        COMPARED,
    ),
    Guard(
        "an alias of a closed page is closed",
        CLOSED,
        "SELECT alias.{key}, alias.{path} FROM closed JOIN {page} AS alias ON alias.{source} = closed.id\n"
        "    WHERE alias.{source} IS NOT NULL",
        "SELECT alias.{key}, alias.{path} FROM closed JOIN {page} AS alias ON alias.{source} = closed.id WHERE FALSE",
        f"tests/integration/visibility {COMPARED}",
    ),
    Guard(
        "a removed page type is left out",
        SURVEY,
        "    if model is None:\n        return SkipReason.UNKNOWN_TYPE\n    if not",
        "    if model is not None and not",
        COMPARED,
    ),
    Guard(
        "what is undone to a savepoint is requested again",
        TASKS,
        "return current if current and current.callbacks is connection.run_on_commit else None",
        "return current",
        "tests/integration/indexing/test_tasks.py tests/integration/indexing/test_shown_objects.py",
    ),
    Guard(
        "closed pages are taken out without a task",
        TASKS,
        "            _take_out(list(found.unwanted)[: limits.INLINE_PAGES_ALONE], self.using)\n",
        "",
        "tests/integration/visibility/test_private_sections.py",
    ),
    Guard(
        "a large site is not compared in a request",
        TASKS,
        "self.is_to_compare and count_listed_pages(self.using) <= limits.INLINE_COMPARED_PAGES",
        "self.is_to_compare",
        COMPARED,
    ),
    Guard(
        "no thread is started in a test case",
        TASKS,
        "return works_in_background() and not connections[write_alias()].in_atomic_block",
        "return works_in_background()",
        BEHIND,
    ),
    Guard("requests look at the queue now and then only", TASKS, "if time.monotonic() >= _next_look and", "if", BEHIND),
    Guard(
        "the thread leaves work to workers where there are some",
        TASKS,
        "while look.goes_on and not background.is_ending():",
        "for _ in range(3):",
        BEHIND,
    ),
    Guard(
        "a request does not index more than it should",
        TASKS,
        "while start < len(page_ids) and request.pages_done < most:",
        "while start < len(page_ids):",
        f"tests/integration/indexing/test_tasks.py {BEHIND}",
    ),
    Guard("remote vectors are left to the thread", TASKS, "if left or request.has_waiting:", "if left:", BEHIND),
    Guard(
        "nothing is called in a transaction that the project manages",
        TASKS,
        "if not (connections[using].in_atomic_block or is_managed_by_project(using)):",
        "if not connections[using].in_atomic_block:",
        PUBLISHED,
    ),
    Guard(
        "a path that is used again is not being deleted",
        HANDLERS,
        "    if created:\n        note_path(instance.path, using)\n",
        "",
        PUBLISHED,
    ),
    Guard(
        "a stale draft that is saved in part takes no page out",
        HANDLERS,
        'if instance.live or (update_fields is not None and "live" not in update_fields):',
        "if instance.live:",
        COMPARED,
    ),
    Guard(
        "the thread closes its connections",
        BACKGROUND,
        "            connections.close_all()\n",
        "            pass\n",
        BEHIND,
    ),
    Guard(
        "a thread that is wanted again runs again",
        BACKGROUND,
        "            self._is_wanted = True\n            if self._thread is None",
        "            self._is_wanted = self._thread is None\n            if self._thread is None",
        BEHIND,
    ),
    Guard(
        "an editor who comes between is not the page's fault",
        WORKER,
        "            if is_conflict(exc):",
        "            if False:",
        PUBLISHED,
    ),
    Guard(
        "workers take notes",
        WORKER,
        "    if is_ready(using):\n        take_requests(using)\n",
        "",
        "tests/integration/indexing/test_shown_objects.py",
    ),
    Guard(
        "two processes do not switch generations at once",
        LIFECYCLE,
        "        _lock_index(generation.index_name, using)\n        check_wanted(generation)\n",
        "        check_wanted(generation)\n",
        SWITCH,
    ),
    Guard(
        "a generation that was given up does not begin to serve",
        LIFECYCLE,
        "        check_wanted(generation)\n        if generation.state == State.ACTIVE:",
        "        if generation.state == State.ACTIVE:",
        SWITCH,
    ),
    Guard(
        "deleting a generation does not queue before editors",
        PRUNING,
        "            fetch(using, f\"SET LOCAL lock_timeout = '{entry_states.LOCK_TIMEOUT}'\")\n",
        "",
        "tests/faults/test_model_change_commands.py tests/integration/indexing/test_generations.py",
    ),
    Guard(
        "an index that another process builds is waited for",
        HNSW,
        "    while fetch(using, IS_BEING_BUILT, parameters):\n        time.sleep(0.2)\n",
        "",
        "tests/integration/indexing/test_hnsw.py tests/faults/test_model_change_commands.py",
    ),
    Guard(
        "status counts frequencies",
        INTEGRITY,
        "        if self.frequencies:",
        "        if False:",
        "tests/integration/test_integrity.py",
    ),
    Guard(
        "status looks for calibration",
        INTEGRITY,
        "        if self.is_uncalibrated:",
        "        if False:",
        "tests/integration/test_integrity.py",
    ),
    Guard(
        "status looks for indexes",
        INTEGRITY,
        "for name in self.missing_indexes:",
        "for name in ():",
        "tests/integration/test_integrity.py",
    ),
    Guard(
        "status reads a sample",
        INTEGRITY,
        "        if self.changed_pages:",
        "        if False:",
        "tests/integration/test_integrity.py",
    ),
    Guard(
        "status embeds a sample",
        INTEGRITY,
        "        if self.wrong_vectors:",
        "        if False:",
        "tests/integration/test_integrity.py",
    ),
    Guard(
        "a savepoint for an edit",
        "wagtail_vector_search/health/statements.py",
        "        with savepoint(using):\n            write()\n",
        "        write()\n",
        "tests/faults/test_database_unreadable.py::test_a_limit_that_an_editors_transaction_sets_itself_costs_no_edit",
    ),
    Guard(
        "an edit goes on without the index",
        "wagtail_vector_search/health/statements.py",
        "            _log_unwritten(error)\n            return\n",
        "            raise\n",
        "tests/faults/test_database_unreadable.py::test_editors_go_on",
    ),
    Guard(
        "a savepoint for a search",
        "wagtail_vector_search/health/statements.py",
        "outer or connection.savepoint()  # None",
        "None  # None",
        "tests/faults/test_database_unreadable.py::test_a_table_that_another_session_has_locked_degrades_a_search",
    ),
    Guard(
        "a failure is logged once a minute",
        "wagtail_vector_search/health/statements.py",
        "return _logged_at.setdefault(failure, now) == now",
        "return True",
        "tests/faults/test_database_unreadable.py::test_a_failure_is_logged_once_a_minute",
    ),
    Guard(
        "pages come without passages",
        "wagtail_vector_search/backends/results.py",
        "            self.query_compiler.give_up_passages(error)",
        "            raise error.__cause__ from None",
        "tests/faults/test_database_unreadable.py::test_pages_whose_passages_take_too_long_come_without",
    ),
    Guard(
        "related pages go on",
        "wagtail_vector_search/retrieval/related.py",
        "    except UnreadableError as error:\n",
        "    except UnreadableError as error:\n        raise\n",
        "tests/faults/test_database_unreadable.py::test_visitors_get_an_answer",
    ),
    Guard(
        "the admin goes on",
        "wagtail_vector_search/admin/urls.py",
        "guard(with_notice(view, is_page=is_page))",
        "guard(view)",
        "tests/faults/test_database_unreadable.py::test_no_page_of_the_admin_fails_and_the_home_page_names_the_cure",
    ),
    Guard(
        "rows go with their page",
        "wagtail_vector_search/models/pages.py",
        " ON DELETE CASCADE DEFERRABLE",
        " DEFERRABLE",
        "tests/faults/test_database_unreadable.py::test_editors_go_on",
    ),
    Guard(
        "a search_path that the project sets",
        "wagtail_vector_search/database/extension.py",
        "if self.sets_own_path and self.last_schema:",
        "if False:",
        "tests/faults/test_database_unreadable.py::test_an_extension_that_each_connection_hides_is_moved",
    ),
    Guard(
        "a schema that the role may not use",
        "wagtail_vector_search/database/extension.py",
        "        if not self.may_use_schema:\n            statement",
        "        if False:\n            statement",
        "tests/faults/test_database_unreadable.py::test_an_extension_in_a_schema_that_the_role_may_not_use",
    ),
    Guard(
        "the password is not shown",
        "wagtail_vector_search/database/obstacles.py",
        "said = said.replace(password, REMOVED)",
        "pass",
        "tests/faults/test_database_unreadable.py::test_a_wrong_password_is_told_and_not_shown",
    ),
    Guard(
        "the time limit is lifted",
        "wagtail_vector_search/database/time_limits.py",
        '_OPTION = "-c statement_timeout=0"',
        '_OPTION = ""',
        "tests/faults/test_database_timeouts.py::test_an_update_lifts_the_limit_for_itself_alone_and_says_so",
    ),
    Guard(
        "the time limit comes back",
        "wagtail_vector_search/database/time_limits.py",
        '    finally:\n        values["OPTIONS"] = before["OPTIONS"]',
        "    finally:\n        pass",
        "tests/faults/test_database_timeouts.py::test_an_update_lifts_the_limit_for_itself_alone_and_says_so",
    ),
    Guard(
        "events are deleted in a transaction",
        "wagtail_vector_search/health/events.py",
        "        with transaction.atomic(using=using):\n",
        "        if True:\n",
        "tests/integration/health/test_breaker.py",
    ),
    Guard(
        "failures of the future do not count",
        "wagtail_vector_search/health/events.py",
        "created_at__lte=Now(), expires_at__gt=Now()",
        "expires_at__gt=Now()",
        "tests/integration/health/test_breaker.py",
    ),
    Guard(
        "failures of the future do not count in SQL",
        "wagtail_vector_search/health/breaker.py",
        "AND created_at <= statement_timestamp() AND",
        "AND",
        "tests/integration/health/test_breaker.py",
    ),
    Guard(
        "calls of the future do not count",
        "wagtail_vector_search/health/budget.py",
        "        AND created_at <= statement_timestamp()\n",
        "",
        "tests/integration/health",
    ),
    Guard(
        "a wait for searches is capped",
        "wagtail_vector_search/indexing/pruning.py",
        "time.sleep(min(max(0.0, longest - since.total_seconds()), longest))",
        "time.sleep(max(0.0, longest - since.total_seconds()))",
        "tests/integration/indexing/test_generations.py",
    ),
    Guard(
        "the size of a batch is learnt",
        "wagtail_vector_search/indexing/embedding.py",
        "                self.provider.limit_batches(len(rows))\n",
        "",
        "tests/unit/indexing/test_embedding.py",
    ),
    Guard(
        "a batch that is too slow is not repeated",
        "wagtail_vector_search/indexing/embedding.py",
        "                    if len(positions) > 1:\n                        raise",
        "                    if False:\n                        raise",
        "tests/unit/indexing/test_embedding.py",
    ),
    Guard(
        "a learnt size counts within the batch",
        "wagtail_vector_search/indexing/embedding.py",
        "            raise BatchTooLargeError  #",
        "            pass  #",
        "tests/unit/indexing/test_embedding.py",
    ),
    Guard(
        "a calibration waits",
        "wagtail_vector_search/indexing/embedding.py",
        "                retries += 1\n                sleep(pause)\n    return rows",
        "                raise\n    return rows",
        "tests/integration/indexing/test_calibration.py",
    ),
    Guard(
        "without a calibration words decide",
        "wagtail_vector_search/ranking/cutoff.py",
        "if best and (background is None or title is None):",
        "if False:",
        "tests/unit/ranking/test_cutoff.py",
    ),
    Guard(
        "a cached vector has a direction",
        "wagtail_vector_search/retrieval/embedding.py",
        " and 0.9 < math.hypot(*values) < 1.1",
        "",
        "tests/integration/retrieval/test_embedding.py",
    ),
    Guard(
        "loading is no failure",
        "wagtail_vector_search/retrieval/embedding.py",
        "        raise _NotAskedError(DegradedReason.LOADING)",
        "        pass",
        "tests/integration/retrieval/test_embedding.py",
    ),
    Guard(
        "a broken plugin is hidden from llm",
        "wagtail_vector_search/providers/llm_models.py",
        "pm.set_blocked(entry.name)",
        "pass",
        "tests/unit/providers/test_llm.py",
    ),
    Guard(
        "a plugin fails alone",
        "wagtail_vector_search/providers/llm_models.py",
        "        _try(hook.plugin_name, lambda: hook.function(**{name: given[name] for name in hook.argnames}))",
        "        hook.function(**given)",
        "tests/unit/providers/test_llm.py",
    ),
    Guard(
        "llm's own plugins come first",
        "wagtail_vector_search/providers/llm_models.py",
        "sorted(hooks, key=lambda hook: hook.plugin_name not in DEFAULT_PLUGINS)",
        "hooks",
        "tests/unit/providers/test_llm.py",
    ),
    Guard(
        "a model is loaded once",
        "wagtail_vector_search/providers/llm.py",
        "if self._loading is None or (self._loading.done() and self._loading.exception()):",
        "if True:",
        "tests/unit/providers/test_llm.py",
    ),
    Guard(
        "a failed loading is tried again",
        "wagtail_vector_search/providers/llm.py",
        "if self._loading is None or (self._loading.done() and self._loading.exception()):",
        "if self._loading is None:",
        "tests/unit/providers/test_llm.py",
    ),
    Guard(
        "a local model is called once",
        "wagtail_vector_search/providers/llm.py",
        "                list(model.embed_multi([_WARM_UP]))",
        "                pass",
        "tests/unit/providers/test_llm.py",
    ),
    Guard(
        "a long text is cut",
        "wagtail_vector_search/providers/windows.py",
        "if not middle or self.count(text) <= self.tokens:",
        "if True:",
        "tests/unit/providers/test_llm.py",
    ),
    Guard(
        "the vocabularies are locked",
        "wagtail_vector_search/retrieval/spelling/vocabulary.py",
        "        with _lock:\n            _vocabularies.pop",
        "        if True:\n            _vocabularies.pop",
        "tests/unit/retrieval/test_vocabulary.py",
    ),
]
