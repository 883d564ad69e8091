"""Functions in other threads, and what comes back of them."""

import contextvars
import threading
import traceback

import pytest

from wagtail_vector_search.concurrency import call_with_deadline, run_in_thread
from wagtail_vector_search.exceptions import ProviderTimeoutError, TooManyCallsError


def fail():
    raise ZeroDivisionError


def leave():
    raise SystemExit


def test_a_function_runs_in_a_daemon_thread_of_the_given_name():
    thread = run_in_thread(threading.current_thread, name="embed-batch").result()
    assert (thread.name, thread.daemon) == ("embed-batch", True)


@pytest.mark.parametrize(("function", "error"), [(fail, ZeroDivisionError), (leave, SystemExit)])
def test_an_error_in_a_thread_is_raised_where_its_result_is_read_and_names_its_line(function, error):
    with pytest.raises(error) as raised:
        run_in_thread(function, name="embed-batch").result()
    assert traceback.extract_tb(raised.tb)[-1].name == function.__name__


@pytest.fixture
def slots():
    return threading.BoundedSemaphore(1)


def test_a_call_in_time_returns_its_result(slots):
    assert call_with_deadline(lambda: "answer", 5, slots) == "answer"


def test_a_call_that_fails_raises_its_own_error(slots):
    with pytest.raises(ZeroDivisionError):
        call_with_deadline(lambda: 1 / 0, 5, slots)


def test_a_call_that_hangs_is_abandoned(slots):
    release, done = threading.Event(), threading.Event()

    def hang():
        release.wait(30)
        done.set()

    with pytest.raises(ProviderTimeoutError, match=r"no answer within 0\.05 seconds"):
        call_with_deadline(hang, 0.05, slots)
    assert not done.is_set()
    release.set()
    assert done.wait(5)


def test_a_timeout_error_of_the_call_itself_is_not_mistaken_for_the_deadline(slots):
    def time_out():
        raise TimeoutError("of a socket")

    with pytest.raises(TimeoutError, match="of a socket"):
        call_with_deadline(time_out, 5, slots)


def test_a_call_for_which_no_thread_can_be_started_frees_its_slot(slots, monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            call_with_deadline(lambda: "answer", 5, slots)
    assert call_with_deadline(lambda: "answer", 5, slots) == "answer"


def test_a_call_that_hangs_does_not_keep_the_process_alive(slots):
    assert call_with_deadline(lambda: threading.current_thread().daemon, 5, slots)


def test_a_call_sees_the_context_variables_of_its_caller(slots):
    variable = contextvars.ContextVar[str]("variable")
    variable.set("request 7")
    assert call_with_deadline(variable.get, 5, slots) == "request 7"


def test_an_abandoned_call_keeps_its_slot_until_it_ends(slots):
    release = threading.Event()
    with pytest.raises(ProviderTimeoutError):
        call_with_deadline(lambda: release.wait(30), 0.05, slots)
    with pytest.raises(TooManyCallsError):
        call_with_deadline(lambda: "answer", 5, slots)
    release.set()
    assert slots.acquire(timeout=5)


def test_a_call_that_fails_frees_its_slot(slots):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            call_with_deadline(lambda: 1 / 0, 5, slots)
