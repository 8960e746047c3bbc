"""Bounded memory while a file is opened: most parsers of its carriers set no bound of their own."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

_MOST_GROWTH = 256 * 2**20


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Within it the process may grow by 256 MiB; raises ValueError when a file would take more.

    The limit is that of the process (`RLIMIT_AS`): parsers keep an object to every element, character or cell, in C
    and in Python.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = psutil.Process().memory_info().vms + _MOST_GROWTH
    if soft != resource.RLIM_INFINITY:
        most = min(most, soft)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield
    except MemoryError as error:
        raise ValueError(f"the file takes more than {_MOST_GROWTH} bytes of memory") from error
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
