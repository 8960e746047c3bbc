"""Bounded memory while a file is opened: most parsers of its carriers set no bound of their own."""

import resource
from types import TracebackType

import psutil

_MOST_GROWTH = 192 * 2**20


class bounded_memory:  # noqa: N801 - a context manager, named like a function as those of contextlib are
    """Within it the process may grow by 192 MiB; raises ValueError when a file would take more.

    The limit is that of the process (`RLIMIT_AS`): parsers keep an object to every element, character or cell, in C
    and in Python.
    """

    def __enter__(self) -> None:
        self._limits = soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = psutil.Process().memory_info().vms + _MOST_GROWTH
        resource.setrlimit(resource.RLIMIT_AS, (most if soft == resource.RLIM_INFINITY else min(most, soft), hard))

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        resource.setrlimit(resource.RLIMIT_AS, self._limits)  # first of all: nothing else can be done without memory
        if isinstance(error, MemoryError):
            raise ValueError(f"the file takes more than {_MOST_GROWTH} bytes of memory") from error
