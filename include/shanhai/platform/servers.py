"""All servers of this machine together: what a run starts and stops, and what a person keeps up."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shanhai import settings
from shanhai.platform import postgres, services


def start_databases() -> None:
    """Have Postgres running and both databases at the schema of this code."""
    if settings.uses_embedded_server():
        postgres.start()
    # The two migrations touch different databases and each keeps one core busy.
    airflow_migration = _Background(services.migrate_metadata)
    from shanhai.warehouse import migrate

    migrate.upgrade(settings.warehouse_url("owner"))
    airflow_migration.join()


def start() -> None:
    """Have everything running and healthy."""
    start_databases()
    services.start()


def stop() -> None:
    """Have nothing running that this project started."""
    services.stop()
    if settings.uses_embedded_server():
        postgres.stop()


def keep() -> None:
    """Note that a person wants the servers to stay after a run."""
    settings.home().mkdir(parents=True, exist_ok=True)
    settings.home().joinpath("kept_up").touch()


def release() -> None:
    """Forget that note."""
    settings.home().joinpath("kept_up").unlink(missing_ok=True)


def are_kept() -> bool:
    """Whether a person wants the servers to stay."""
    return settings.home().joinpath("kept_up").exists()


class _Background:
    """One function in a thread, whose error is raised where it is joined."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._function()
        except BaseException as error:
            self._error = error

    def join(self) -> None:
        self._thread.join()
        if self._error:
            raise self._error
