"""The audit of a quarter: catalogue, reconciliation, sampling, questions, review and approval by people, the pack."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import (
    AsyncCallback,
    Context,
    CronTriggerTimetable,
    DeadlineAlert,
    DeadlineReference,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    dag,
    get_current_context,
    task,
)

from shanhai.audit.deadline import say_late
from shanhai.quarantine.asked_again import HINT, refusal_kept, tell_refusal
from shanhai.settings import home

SHANGHAI = ZoneInfo("Asia/Shanghai")
APPROVE, RETURN = "Approve · 同意", "Return · 退回"


def due(step: str, days: int) -> DeadlineAlert:
    """An alarm when the run is not at its end so many days after it began on T+36."""
    return DeadlineAlert(
        name=step,
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(days=days),
        callback=AsyncCallback(say_late, kwargs={"step": step}),
    )


def record(context: Context, answer: dict[str, Any], step: Literal["review", "approval"]) -> None:
    """Keep the person's answer; refused to whoever loaded, ran or reviewed · 记录签署."""
    from shanhai.audit.programme import record_answer

    with refusal_kept(context):
        record_answer(context["ti"].xcom_pull(task_ids="quarter"), step, answer, approve=APPROVE)


def asked(step: Literal["review", "approval"], what: str) -> HITLOperator:
    """A question that parks no worker; asked again when the person may not answer it."""
    return HITLOperator(
        task_id=step,
        subject=f"{what} {{{{ ti.xcom_pull(task_ids='quarter') }}}}",
        body="{{ ti.xcom_pull(task_ids='summary') }}\n\n"
        "The pack · 审计包: `{{ ti.xcom_pull(task_ids='draft_pack') }}`\n\n"
        "Not for whoever loaded the data, started the checks or did the other step. "
        "装载者、运行者及另一步骤的签署人不得办理。\n\n" + HINT,
        options=[APPROVE, RETURN],
        params={"note": Param("—", type="string", minLength=1, title="Opinion · 意见")},
        pre_execute=tell_refusal,
        post_execute=partial(record, step=step),
        retries=1000,
        retry_delay=timedelta(seconds=2),
        retry_policy=ExceptionRetryPolicy(
            rules=[RetryRule(exception="shanhai.audit.programme.ReturnedError", action=RetryAction.FAIL)]
        ),
    )


@task
def quarter() -> str:
    """The quarter asked for, else the last one whose freeze has passed · 所审季度."""
    from shanhai.audit.quarter import Quarter

    context = get_current_context()
    if given := context["params"]["quarter"]:
        return str(Quarter.parse(given))
    # Six in the morning of Shanghai is the day before in UTC; the freeze of a first quarter is due on that very day.
    return str(Quarter.frozen_by(context["dag_run"].run_after.astimezone(SHANGHAI).date()))


@task(retries=2, retry_delay=timedelta(minutes=5))
def catalogue(quarter: str) -> int:
    """Every check as of the freeze; once per run of this DAG, however often it is tried · 运行检查目录."""
    from shanhai.audit.programme import run_once

    return run_once(quarter, str(get_current_context()["run_id"]))


@task
def reconciliation(audit_run_id: int) -> dict[str, int]:
    """How many pairs break, by kind · 核对."""
    from shanhai.audit.programme import breaks

    return breaks(audit_run_id)


@task
def sampling(audit_run_id: int) -> int:
    """Twenty-five cells re-opened in the archived bytes · 抽样复核."""
    from shanhai.audit.programme import sample_once

    return sample_once(audit_run_id)


@task
def queries(quarter: str) -> int:
    """A question to the owner of every open material finding, due on T+42 · 查询单."""
    from shanhai.audit.programme import ask_owners

    return ask_owners(quarter)


@task
def summary(audit_run_id: int) -> str:
    """What the people who sign are told · 摘要."""
    from shanhai.audit.programme import summary

    return summary(audit_run_id)


@task
def pack(quarter: str) -> str:
    """Report, workbook, evidence and ledger in one sealed zip · 审计包."""
    from shanhai.audit.pack import build
    from shanhai.audit.quarter import Quarter

    return str(build(Quarter.parse(quarter), home() / "audit"))


@dag(
    dag_display_name="quarterly audit · 季度审计",
    description="Checks, reconciles, samples and signs a quarter · 检查、核对、抽样并签署一个季度",
    # The fifth of these months is T+35 or T+36; days that an outage swallowed are caught up, one after the other.
    schedule=CronTriggerTimetable("0 6 5 2,5,8,11 *", timezone="Asia/Shanghai"),
    start_date=datetime(2026, 11, 6),
    catchup=True,
    max_active_runs=1,
    deadline=[due("answers to queries, T+42 · 查询答复", 6), due("sign-off, T+45 · 签署", 9)],
    params={"quarter": Param(None, type=["null", "string"], pattern=r"^\d{4}Q[1-4]$", title="Quarter · 季度")},
    tags=["audit"],
)
def quarterly_audit() -> None:
    """# Quarterly audit · 季度审计

    Freeze T+35, catalogue T+36, reconciliation T+38, sampling T+40, questions T+42, sign-off T+45. Every check leaves a
    result in `audit.check_result`, passing ones too. Review and approval are asked of two people under *Required
    actions*; whoever loaded the data, ran the checks or did the other step is refused. Trigger it with a quarter to
    audit a past one as of its own freeze.

    **中文** T+35 冻结、T+36 检查、T+38 核对、T+40 抽样、T+42 查询、T+45 签署。每项检查均在 `audit.check_result` 留痕，
    包括通过者。复核与批准在“待办”中由两人办理；装载者、运行者及另一步骤的签署人不得办理。可指定季度重审。
    """
    name = quarter()
    run_id = catalogue(name)
    drawn = sampling(run_id)
    draft = pack.override(task_id="draft_pack")(name)
    review, approval = asked("review", "Review of · 复核"), asked("approval", "Approval of · 批准")
    [reconciliation(run_id), drawn] >> queries(name) >> summary(run_id) >> draft >> review >> approval >> pack(name)


quarterly_audit()
