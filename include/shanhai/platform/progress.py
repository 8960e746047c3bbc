"""What a person sees of running loads: one line per publisher, moving on a terminal, printed when done elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from shanhai.platform.airflow_client import TaskInstance

FINISHED_STATES = ("success", "failed", "upstream_failed", "skipped", "removed")
# The last task of the chain that each edition runs through.
LAST_TASK = "load_edition.validate"


class LoadProgress:
    """Editions done and the task at work for each load; use it as a context manager."""

    def __init__(self, console: Console, editions: dict[str, int]) -> None:
        self._console = console
        self._editions = editions
        self._tasks: dict[tuple[str, str, int], TaskInstance] = {}
        self._ended: dict[str, str] = {}
        self._live = Live(self._table(), console=console, refresh_per_second=4, transient=False)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def update(self, tasks: list[TaskInstance]) -> None:
        """Take note of tasks that changed."""
        for task in tasks:
            self._tasks[task.dag_id, task.task_id, task.map_index] = task
        self._live.update(self._table())

    def end(self, dag_id: str, state: str) -> None:
        """Take note of a load that has finished."""
        self._ended[dag_id] = state
        self._live.update(self._table())
        if not self._console.is_terminal:
            self._console.print("  " + " · ".join(self._line(dag_id)))

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for dag_id in self._editions:
            table.add_row("", *self._line(dag_id))
        return table

    def _line(self, dag_id: str) -> tuple[str, str, str]:
        done = sum(
            1
            for (dag, task, index), found in self._tasks.items()
            if dag == dag_id and task == LAST_TASK and index >= 0 and found.state in FINISHED_STATES
        )
        count = f"{done}/{self._editions[dag_id]}"
        if dag_id in self._ended:
            mark = "[green]done · 完成[/]" if self._ended[dag_id] == "success" else "[red]failed · 失败[/]"
            return dag_id.removeprefix("load_"), count, mark
        at_work = [found for (dag, _, _), found in self._tasks.items() if dag == dag_id and found.state == "running"]
        names = ", ".join(f"{found.task_id.rpartition('.')[2]} {found.edition}".strip() for found in at_work[:2])
        return dag_id.removeprefix("load_"), count, f"[dim]{names or 'waiting · 等待'}[/]"
