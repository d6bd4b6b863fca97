"""Running a process: until a signal, then out in order.

A service's main opens the database, the bus, its `background` tasks and its server, in this order,
in one `async with`, and awaits `until_stopped`. Leaving the block then drains the server, flushes
the relay (`serving(..., then=...)`), ends the tasks, and closes the bus and the database.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, Final

import structlog

from aftercare_platform.logging import failure

log = structlog.get_logger(__name__)

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_FAILED: Final = 1
_KILLED_TWICE: Final = 130
_STOP: ContextVar[asyncio.Event | None] = ContextVar("aftercare_stop", default=None)


class NotRunning(RuntimeError):
    """`until_stopped` was asked outside of `run`."""


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run `main` to its end; SIGTERM or SIGINT lets `until_stopped` return, a second one ends the process.

    Exits with 1 when `main` fails; the failure is logged, its text is not.
    """
    try:
        asyncio.run(_run(main))
    except KeyboardInterrupt:
        sys.exit(_KILLED_TWICE)
    except Exception as error:  # noqa: BLE001 (the last resort: a traceback on stderr would show its text)
        for one in _leaves(error):
            log.error("stopped_by_failure", **failure(one))
        sys.exit(_FAILED)


async def until_stopped() -> None:
    """Wait until this process is told to stop."""
    stop = _STOP.get()
    if stop is None:
        raise NotRunning
    await stop.wait()


class TaskEnded(RuntimeError):
    """A task that should run as long as its process came to an end without a failure."""


@asynccontextmanager
async def background(**tasks: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Keep tasks running beside the block; at its end they are cancelled and awaited.

    None of them should end by itself: when one does, the process stops, and its failure (`TaskEnded` if
    it had none) is raised from here in a group, so that whoever supervises starts the process again.
    """
    stop = _STOP.get() or asyncio.Event()
    running = [asyncio.create_task(work, name=name) for name, work in tasks.items()]
    for task in running:
        task.add_done_callback(lambda done: _note_end(done, stop))
    try:
        yield
    finally:
        ended = [task for task in running if task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    failures = [failed for task in running if (failed := _failure_of(task, by_itself=task in ended))]
    if failures:
        raise BaseExceptionGroup("background tasks ended", failures)


async def _run(main: Callable[[], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    _STOP.set(stop)
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if stop.is_set():
            os._exit(_KILLED_TWICE)
        log.info("stopping")
        stop.set()

    for number in _SIGNALS:
        loop.add_signal_handler(number, on_signal)
    loop.set_exception_handler(_log_loop_failure)
    await main()


def _failure_of(task: asyncio.Task[None], *, by_itself: bool) -> BaseException | None:
    """What went wrong in a task; None for one that ended well because it was told to."""
    if task.cancelled():
        return None
    return task.exception() or (TaskEnded(task.get_name()) if by_itself else None)


def _note_end(task: asyncio.Task[None], stop: asyncio.Event) -> None:
    if task.cancelled():
        return
    error = task.exception()
    log.error("task_ended", task=task.get_name(), **(failure(error) if error else {}))
    stop.set()


def _log_loop_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    log.error("event_loop_failure", **(failure(error) if error else {}))


def _leaves(error: Exception) -> list[Exception]:
    """The failures in a group, or the one that is none."""
    if isinstance(error, ExceptionGroup):
        return [leaf for part in error.exceptions for leaf in _leaves(part)]
    return [error]
