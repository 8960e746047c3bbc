"""Quarantine: asks a person what becomes of one load that did not pass its gate, and records the answer."""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Asset, Context, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from shanhai.quarantine.answers import FIELDS, OPTIONS
from shanhai.quarantine.asked_again import HINT, refusal_kept, tell_refusal

decisions = Asset(name="quarantine_decisions", uri="shanhai://quarantine/decisions")


def open_question(context: Context) -> None:
    """Ask only while the load waits, and say why the last answer was not recorded · 装载已处置则不再询问."""
    from shanhai.quarantine.answers import is_waiting

    if not is_waiting(context["dag_run"].conf["load_id"]):
        raise AirflowSkipException("it waits no longer: somebody decided elsewhere · 已在别处处置")
    tell_refusal(context)


def record(context: Context, answer: dict[str, Any]) -> None:
    """Write the answer into the ledger; an accepted load goes to the build · 记入台账."""
    from shanhai.quarantine.answers import record

    with refusal_kept(context):
        record(context["dag_run"].conf["load_id"], answer)


# Every load waits in a run of its own; none holds up another, and the loads themselves wait for none.
@dag(
    dag_display_name="decide quarantine · 隔离处置",
    schedule=None,
    catchup=False,
    max_active_runs=200,
    is_paused_upon_creation=False,
    tags=["quarantine"],
)
def decide_quarantine() -> None:
    """Ask for a decision about a load in quarantine and record it in the ledger.

    **EN** Started for each load that its gate did not accept. *Required actions* shows the failing rows beside the
    printed cells; reject it, accept it with a waiver for exactly those keys, or note that the publisher was asked.
    Whoever loaded it cannot approve it. When an answer cannot be recorded, the question comes again, and the log of
    the task says why.

    **中文** 每个未通过校验的装载各启动一次。在“待办”中可见未通过的行与印刷原文；可拒绝、对所列键限期豁免后接受，
    或记录已询问发布者。装载人不得自行批准。答复未能记录时，将再次询问，原因见任务日志。
    """

    @task(retries=10, retry_delay=timedelta(minutes=1))
    def evidence() -> str:
        """What the person has to see · 证据."""
        from shanhai.quarantine.answers import question

        return question(get_current_context()["dag_run"].conf["load_id"])

    evidence() >> HITLOperator(
        task_id="decision",
        subject="Load {{ dag_run.conf['load_id'] }} is in quarantine · 装载在隔离中",
        body="{{ ti.xcom_pull(task_ids='evidence') }}\n\n" + HINT,
        options=list(OPTIONS),
        params={name: Param(None, type=["null", "string"], **shown) for name, shown in FIELDS.items()},
        pre_execute=open_question,
        post_execute=record,
        outlets=[decisions],
        # A try is an answer: whoever gives one that cannot be recorded is asked again, and so is who answers before the
        # scheduler has seen that the task waits.
        retries=1000,
        retry_delay=timedelta(seconds=2),
    )


decide_quarantine()
