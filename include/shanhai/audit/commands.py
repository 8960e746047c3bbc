"""The commands `shanhai audit`: thin calls of the audit's verbs; heavy imports happen inside."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

audit_app = typer.Typer(help="Check, reconcile, sample, answer, sign, pack a quarter. 季度审计。", no_args_is_help=True)
QuarterName = Annotated[str, typer.Argument(metavar="QUARTER", help="2023Q3 · 季度")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Another day than the freeze · 另一日期")]
By = Annotated[str, typer.Option(help="Who does it; never who loaded · 办理人")]


class StepName(StrEnum):
    """The next step of a finding."""

    ASKED = "asked"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    QUARANTINED = "quarantined"


class ClassName(StrEnum):
    """What a finding turned out to be."""

    SOURCE_ERROR = "source_error"
    PARSER_ERROR = "parser_error"
    SCOPE_CHANGE = "scope_change"
    REVISION = "revision"
    GENUINE = "genuine"


@audit_app.command()
def run(quarter: QuarterName, as_of: Day = None) -> None:
    """Perform every check as of the quarter's freeze and keep all results, reconciliations and findings.

    按季度冻结日运行全部检查，保存结果、核对与事项。
    """
    from shanhai.audit import performance, registers
    from shanhai.audit.quarter import Quarter

    asked = Quarter.parse(quarter)
    run_id = performance.run(asked, as_of.date() if as_of else None)
    registers.enter(asked.due("freeze"))
    _show(run_id)


@audit_app.command()
def reconcile(
    quarter: QuarterName,
    kind: Annotated[str | None, typer.Option(help="areas, publishers, windows … · 类别")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Pairs that agree too · 含相符者")] = False,
) -> None:
    """Show what the last run of a quarter reconciled: both figures, the difference, why it breaks.

    显示最近一次运行的核对：两个数字、差额与说明。
    """
    from rich.console import Console
    from rich.table import Table

    from shanhai.audit import evidence
    from shanhai.audit.performance import reading
    from shanhai.audit.quarter import Quarter
    from shanhai.audit.report import short, told

    with reading() as connection:
        found = evidence.gather(connection, Quarter.parse(quarter))
        table = Table("kind · 类", "check", "item · 对象", "left · 左", "right · 右", "", "detail · 说明")
        for row in found["reconciliation"]:
            if kind in (None, row["kind"]) and (everything or row["is_break"]):
                outcome = "✗" if row["is_break"] else "✓"
                table.add_row(row["kind"], row["check_id"], row["item"], short(row["left_value"]),
                              short(row["right_value"]), outcome, told(row["detail"]))  # fmt: skip
        Console(width=None if Console().is_terminal else 200).print(table)


@audit_app.command()
def sample(quarter: QuarterName) -> None:
    """Draw 25 cells of the quarter's last run by its seed and re-open each in the archived bytes.

    按种子抽取 25 个单元格，在存档字节中逐一复核。
    """
    from shanhai.audit import evidence, sampling
    from shanhai.audit.performance import reading
    from shanhai.audit.quarter import Quarter

    with reading() as connection:
        run_id = evidence.latest_run(connection, Quarter.parse(quarter))
    missing = sampling.sample(run_id)
    typer.echo(f"run {run_id}: {sampling.CELLS} cells drawn, {missing} do not hold · 已抽样，不符 {missing} 项")
    raise typer.Exit(1 if missing else 0)


@audit_app.command("findings")
def show_findings(
    check: Annotated[str | None, typer.Option(help="Of one check · 某项检查")] = None,
    state: Annotated[str | None, typer.Option(help="open, asked, explained, accepted, expired … · 状态")] = None,
) -> None:
    """List the findings with their state, owner and age.

    列出事项及其状态、负责人与存续天数。
    """
    from datetime import UTC

    from shanhai.audit import findings
    from shanhai.audit.performance import reading

    with reading() as connection:
        for each in findings.standing(connection, datetime.now(UTC).date()):
            if check in (None, each.check_id) and state in (None, each.state):
                material = "●" if each.is_material else " "
                typer.echo(f"{each.finding_id:>5} {material} {each.check_id} {each.state:<11} {each.item}")


@audit_app.command()
def decide(
    finding_id: int,
    step: StepName,
    by: By,
    owner: Annotated[str, typer.Option(help="Who answers for it · 负责人")],
    reason: Annotated[str, typer.Option(help="Question, answer or ground · 问、答或理由")],
    due: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Answer due · 答复期限")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Accepted until · 接受至")] = None,
    classified: Annotated[ClassName | None, typer.Option(help="What it turned out to be · 定性")] = None,
) -> None:
    """Record the next step of a finding: asked, explained, accepted until a day, corrected or quarantined.

    记录事项的下一步：查询、说明、接受至某日、更正或隔离。
    """
    from datetime import UTC

    from shanhai.audit import findings

    findings.decide(
        finding_id, step.value, by=by, owner=owner, reason=reason, on=datetime.now(UTC).date(),
        due_on=due.date() if due else None, accepted_until=until.date() if until else None,
        classification=classified.value if classified else None,
        role="engineer" if step is StepName.EXPLAINED else "auditor",
    )  # fmt: skip
    typer.echo(f"finding {finding_id}: {step.value} · 已记录")


class SignStep(StrEnum):
    """The two steps of a sign-off."""

    REVIEW = "review"
    APPROVAL = "approval"


@audit_app.command()
def sign(
    quarter: QuarterName,
    step: SignStep,
    by: By,
    note: Annotated[str, typer.Option(help="Opinion · 意见")],
    is_approved: Annotated[bool, typer.Option("--approve/--return", help="Approve or return · 同意或退回")] = True,
) -> None:
    """Review or approve a quarter; refused to whoever loaded the data, ran the checks or did the other step.

    复核或批准；装载者、运行者及另一步骤的签署人不得办理。
    """
    from shanhai.audit import signing
    from shanhai.audit.quarter import Quarter

    done = signing.sign(Quarter.parse(quarter), step.value, by=by, is_approved=is_approved, note=note)
    typer.echo(f"{quarter} {step.value} by {by} · 已签署  key {done.public_key}")


@audit_app.command()
def pack(
    quarter: QuarterName,
    folder: Annotated[Path | None, typer.Option(help="Where to put it; else the home folder · 存放位置")] = None,
) -> None:
    """Build the quarter's pack: report, workbook, evidence, ledger, queries, in one sealed zip.

    生成审计包：报告、工作簿、证据、台账与查询，封签于一个压缩包。
    """
    from shanhai import settings
    from shanhai.audit import pack as packing
    from shanhai.audit.offline import verify_pack
    from shanhai.audit.quarter import Quarter

    path = packing.build(Quarter.parse(quarter), folder or settings.home() / "audit")
    typer.echo(f"{path} · 校验 verify: python {Path(verify_pack.__file__).name} {path.name}")


@audit_app.command()
def rebuild(quarter: QuarterName) -> None:
    """Build the marts of the quarter's freeze anew and compare every relation with the hash sealed then.

    重建该季度冻结时的集市，逐表与当时封签的哈希比对。
    """
    from shanhai.audit.quarter import Quarter
    from shanhai.audit.rebuilding import rebuild as rebuilt
    from shanhai.release.dbt_commands import BuildError

    try:
        equal = rebuilt(Quarter.parse(quarter))
    except BuildError as error:
        raise ValueError(str(error)) from None
    typer.echo(f"{quarter}: {equal} relations are what was sealed · 各表与封签一致")


@audit_app.command()
def schema() -> None:
    """Print the JSON Schema of check documents, for editors.

    输出检查文档的 JSON Schema，供编辑器使用。
    """
    import json

    from shanhai.documents.check import Check

    typer.echo(json.dumps(Check.model_json_schema(), ensure_ascii=False, indent=2))


def _show(run_id: int) -> None:
    """The results of a run, one line a check."""
    from shanhai.audit.performance import reading

    with reading() as connection:
        rows = connection.execute(
            "select check_id, status, rows_tested, rows_failed, decision from audit.check_result"
            " where run_id = %s order by check_id",
            (run_id,),
        ).fetchall()
    for check_id, status, tested, failed, decision in rows:
        typer.echo(f"{check_id}  {status:<15}{tested:>7} tested {failed:>5} failed  {decision}")
    typer.echo(f"run {run_id}: {len(rows)} checks · 检查")
