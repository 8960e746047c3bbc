"""The evidence as a workbook whose counts and differences are formulas: whoever changes a cell sees what follows."""

import io
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shanhai.audit.report import item_of, told

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Rows = list[list[Any]]
_OUTCOMES = {"passed": "通过", "failed": "未通过", "noted": "有记录", "not_applicable": "不适用"}
# Workbooks know no zones; a fixed day makes two builds the same bytes.
_EPOCH = datetime(1980, 1, 1)


def written(evidence: dict[str, Any]) -> bytes:
    """The workbook's bytes; the same evidence always gives the same bytes, and no text becomes a formula."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": f"{evidence['quarter']} 审计 audit", "created": _EPOCH})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    summary = book.add_worksheet("概要 Summary")
    checks, pairs = _checks(evidence), _pairs(evidence)
    _sheet(book, head, "检查 Checks", checks)
    sheet = _sheet(book, head, "核对 Reconciliation", pairs)
    for number, row in enumerate(pairs[1:], 2):
        if row[3] is not None and row[4] is not None:
            sheet.write_formula(number - 1, 5, f"=D{number}-E{number}", None, row[3] - row[4])
    _sheet(book, head, "事项 Findings", _findings(evidence))
    _sheet(book, head, "抽样 Sample", _cells(evidence))
    _sheet(book, head, "装载 Loads", _loads(evidence))
    _summarise(summary, head, evidence, checks, pairs)
    book.close()
    return buffer.getvalue()


def _checks(evidence: dict[str, Any]) -> Rows:
    heads = ["id", "检查", "check", "级 severity", "层 level", "结果 status", "检验 tested", "未过 failed", "说明",
             "reason", "容差 tolerance"]  # fmt: skip
    return [heads, *(
        [r["check_id"], r["title"]["zh"], r["title"]["en"], r["severity"], r["level"], r["outcome"], r["rows_tested"],
         r["rows_failed"], r["reason"]["zh"], r["reason"]["en"], r["tolerance"]] for r in evidence["results"]
    )]  # fmt: skip


def _pairs(evidence: dict[str, Any]) -> Rows:
    heads = ["类 kind", "check", "对象 item", "左 left", "右 right", "差 difference", "结果 outcome", "说明 detail"]
    return [heads, *(
        [r["kind"], r["check_id"], r["item"], _number(r["left_value"]), _number(r["right_value"]), None,
         "break" if r["is_break"] else "agrees", told(r["detail"])] for r in evidence["reconciliation"]
    )]  # fmt: skip


def _findings(evidence: dict[str, Any]) -> Rows:
    heads = ["#", "check", "事项 item", "级 severity", "重大 material", "状态 state", "天 age", "负责 owner",
             "答复 answer", "接受至 until"]  # fmt: skip
    return [heads, *(
        [f["finding_id"], f["check_id"], item_of(f), f["severity"], _yes(f["is_material"]), f["state"], f["age_days"],
         f["owner"], f["reason"], f["accepted_until"]] for f in evidence["findings"]
    )]  # fmt: skip


def _cells(evidence: dict[str, Any]) -> Rows:
    heads = ["#", "主体 subject", "指标 indicator", "时期 period", "值 value", "印刷 printed", "原文 excerpt",
             "定位 locator", "SHA-256", "相符 held"]  # fmt: skip
    names = ("subject_name", "indicator_code", "time_period", "value", "printed", "excerpt", "locator",
             "publication_sha256")  # fmt: skip
    return [heads, *(
        [c["position"], *(c["receipt"][name] for name in names), _yes(c["is_held"])] for c in evidence["sample"]
    )]  # fmt: skip


def _loads(evidence: dict[str, Any]) -> Rows:
    heads = ["load", "表 table", "版次 edition", "行 rows", "接受 accepted", "结论 verdict", "由 by", "SHA-256"]
    return [heads, *(
        [load["load_id"], load["table_id"], load["edition"], load["rows_staged"], _yes(load["is_accepted"]),
         load["verdict"], load["loaded_by"], load["publication_sha256"]] for load in evidence["loads"]
    )]  # fmt: skip


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _summarise(summary: "Worksheet", head: "Format", evidence: dict[str, Any], checks: Rows, pairs: Rows) -> None:
    """Counts of the other sheets, each a formula with its present value."""
    c, p = len(checks), len(pairs)
    checks, pairs = checks[1:], pairs[1:]
    lines: list[tuple[str, str, object]] = [
        ("检查 checks", f"=COUNTA('检查 Checks'!A2:A{c})", len(checks)),
        *((f"{zh} {outcome}", f"=COUNTIF('检查 Checks'!F2:F{c},\"{outcome}\")", sum(r[5] == outcome for r in checks))
          for outcome, zh in _OUTCOMES.items()),
        ("检验项 items tested", f"=SUM('检查 Checks'!G2:G{c})", sum(row[6] for row in checks)),
        ("未过项 items failed", f"=SUM('检查 Checks'!H2:H{c})", sum(row[7] for row in checks)),
        ("核对 pairs", f"=COUNTA('核对 Reconciliation'!A2:A{p})", len(pairs)),
        ("不符 breaks", f"=COUNTIF('核对 Reconciliation'!G2:G{p},\"break\")", sum(row[6] == "break" for row in pairs)),
    ]  # fmt: skip
    summary.set_column(0, 0, 30)
    summary.set_column(1, 1, 22)
    summary.write_string(0, 0, f"{evidence['quarter']} · {evidence['run']['as_of']}", head)
    for row, (name, formula, value) in enumerate(lines, 1):
        summary.write_string(row, 0, name)
        summary.write_formula(row, 1, formula, None, value)


def _sheet(book: "Workbook", head: "Format", name: str, rows: Rows) -> "Worksheet":
    """A sheet with a frozen head and a filter; texts are written as texts whatever they begin with."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(rows[0]) - 1)
    for column, title in enumerate(rows[0]):
        sheet.write_string(0, column, title, head)
        longest = max(len(str(row[column] or "")) for row in rows)
        sheet.set_column(column, column, min(longest + 4, 48))
    for number, row in enumerate(rows[1:], 1):
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, str(value))
    return sheet


def _number(value: Any) -> float | int | None:
    """A workbook's number: binary, and so for reading only; the exact figure stands in the evidence."""
    if value is None:
        return None
    exact = Decimal(str(value))
    return int(exact) if exact == exact.to_integral() else float(exact)
