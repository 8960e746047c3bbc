"""Who gave an answer that cannot be recorded is asked again; Airflow calls this, so it takes its context.

Airflow shows a question that is asked again as it was asked first, so the log of the task says what was wrong.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# The last paragraph of every question.
HINT = (
    "*When this comes again after an answer, the answer was not recorded, and the log of this task says why.* "
    "*答复后若再次询问，说明答复未能记录，原因见本任务日志。*"
)
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
    """Log why the last answer to the question of this task was not recorded; nothing where it is asked first."""
    if refusal := context["task_state_store"].get(_KEY):
        logging.getLogger(__name__).warning("The last answer was not recorded · 上一答复未能记录: %s", refusal)
