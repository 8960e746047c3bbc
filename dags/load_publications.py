"""Loads: one DAG per publisher, made from its source documents; each edition runs through archive, stage, validate."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import (
    DAG,
    Asset,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    get_current_context,
    get_parsing_context,
    task,
    task_group,
)
from airflow.sdk.exceptions import AirflowSkipException

from shanhai.documents.catalogue import Catalogue
from shanhai.documents.describe import publisher_page
from shanhai.errors import PublicationError
from shanhai.settings import PUBLISHED, SOURCES

catalogue = Catalogue(SOURCES, PUBLISHED)

# What is wrong with a publication is as wrong a minute later; only what is around it is worth another try.
retry_policy = ExceptionRetryPolicy(rules=[RetryRule(exception=PublicationError, action=RetryAction.FAIL)])


def show_name(edition: dict[str, Any]) -> None:
    """Let Airflow's page show the mapped task by its table and edition."""
    table = edition["table_id"].partition("/")[2]
    get_current_context()["edition_name"] = f"{table} {edition['edition']}"


@task
def editions(publisher_id: str) -> list[dict[str, Any]]:
    """Declare what is expected; the editions that the ledger does not know yet in their present bytes and reading."""
    from shanhai.completeness.calendar import declare_calendars
    from shanhai.pending import pending_editions

    declare_calendars(publisher_id=publisher_id)
    return [asdict(each.key) for each in pending_editions(publisher_id)]


@task(map_index_template="{{ edition_name }}")
def archive(edition: dict[str, Any]) -> str:
    """Put the publication's bytes into the archive · 存档."""
    from shanhai.load import EditionKey, archive_edition

    show_name(edition)
    return archive_edition(EditionKey(**edition))


@task(map_index_template="{{ edition_name }}", retries=2, retry_delay=timedelta(seconds=10), retry_policy=retry_policy)
def stage(edition: dict[str, Any], digest: str) -> int:
    """Read it into staging, in one transaction · 暂存."""
    from shanhai.load import EditionKey, stage_edition

    show_name(edition)
    return stage_edition(EditionKey(**edition), digest)


@task(map_index_template="{{ edition_name }}")
def validate(edition: dict[str, Any], load_id: int) -> None:
    """Let Great Expectations judge exactly this load · 校验."""
    from shanhai.validate import validate_load

    show_name(edition)
    validate_load(load_id)


@task_group
def load_edition(edition: dict[str, Any]) -> None:
    """One edition on its way to acceptance · 一个版次的装载."""
    validate(edition, stage(edition, archive(edition)))


@task(trigger_rule="all_done")
def announce() -> None:
    """Tell the build that there are accepted loads which readers do not see yet · 通知构建."""
    from shanhai.release.promotion import is_due

    if not is_due():
        raise AirflowSkipException("readers see every accepted load")


@task(trigger_rule="all_done")
def quarantined(publisher_id: str) -> list[dict[str, Any]]:
    """The loads that wait for a person, each with the run that asks; a failed one asks no more · 待人处置的装载."""
    from shanhai.quarantine.answers import questions

    def has_failed(run_id: str) -> bool:
        return bool(get_current_context()["ti"].get_dr_count("decide_quarantine", run_ids=[run_id], states=["failed"]))

    return questions(publisher_id, has_failed)


@task
def every_edition_accepted() -> None:
    """Fails with any edition that was not accepted · 任一版次未被接受即告失败."""


# Each task parses this file again and needs its own DAG only.
wanted = get_parsing_context().dag_id

for publisher_id, publisher in catalogue.publishers.items():
    if wanted not in (None, f"load_{publisher_id}"):
        continue
    with DAG(
        dag_id=f"load_{publisher_id}",
        dag_display_name=f"load {publisher.name.en} · {publisher.name.zh}",
        description=f"{publisher.description.en} · {publisher.description.zh}",
        doc_md=publisher_page(publisher, catalogue.tables_of(publisher_id)),
        schedule=CronTriggerTimetable("0 6 * * *", timezone="Asia/Shanghai"),
        catchup=False,
        max_active_runs=1,
        tags=["load", publisher_id],
    ):
        accepted = Asset(name=f"accepted_loads_{publisher_id}", uri=f"shanhai://staging/{publisher_id}")
        loaded = load_edition.expand(edition=editions(publisher_id))
        loaded >> [announce.override(outlets=[accepted])(), every_edition_accepted()]
        # A person may take days: another DAG waits, this one ends.
        waiting = quarantined(publisher_id)
        loaded >> waiting
        TriggerDagRunOperator.partial(
            task_id="ask_for_decision", trigger_dag_id="decide_quarantine", skip_when_already_exists=True
        ).expand_kwargs(waiting)
