"""Who gave an answer that cannot be recorded is asked again and told why; Airflow calls this, so it takes its context."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_KEY = "refusal"


@contextmanager
def refusal_kept(context: Mapping[str, Any]) -> Iterator[None]:
    """Keep the message of whatever goes wrong inside for the next try of the task, and let it go on."""
    try:
        yield
    except Exception as error:
        context["task_state_store"].set(_KEY, str(error))
        raise


def tell_refusal(context: Mapping[str, Any]) -> None:
    """Put above the question of the task why the last answer was not recorded; nothing where it is asked first."""
    task, refusal = context["task"], context["task_state_store"].get(_KEY)
    if refusal:
        task.body = f"**The last answer was not recorded · 上一答复未能记录:** {refusal}\n\n{task.body}"
