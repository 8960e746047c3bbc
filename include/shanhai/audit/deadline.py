"""What is said when a step of the audit's programme is late; Airflow calls it, so it takes whatever Airflow gives."""

import logging
from collections.abc import Mapping
from typing import Any


async def say_late(step: str, context: Mapping[str, Any]) -> str:
    """Log which step of which run is late and return the sentence, which Airflow keeps with the missed deadline."""
    run, due = context["dag_run"], context["deadline"]["deadline_time"]
    sentence = f"{run['dag_id']} {run['dag_run_id']}: {step} was due {due} · 已逾期"
    logging.getLogger("shanhai.audit").error(sentence)
    return sentence
