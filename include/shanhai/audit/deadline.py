"""What is said when a step of the audit's programme is late; Airflow calls it, so it takes whatever Airflow gives."""

import logging


async def say_late(step: str, **context: object) -> None:
    """Log which step of which run is late; the ledger itself says what is missing."""
    run = getattr(context.get("context"), "get", lambda _name: None)("dag_run")
    logging.getLogger("shanhai.audit").error("%s is late: %s · 已逾期", step, run)
