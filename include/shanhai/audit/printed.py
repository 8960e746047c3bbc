"""The report as PDF: the same sections on A4, in pure Python, with the characters that it prints embedded."""

import io
import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from shanhai.audit.drawing import drawing_of
from shanhai.audit.report import SECTIONS, STATUSES, item_of, numbers, short, shown_findings, told
from shanhai.audit.typeface import of_characters

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

_FONT = "Noto Sans SC"
_FIXED = "季度审计报告截至所知是否尚未签署—·"  # the words of this module
_BREAKS, _LOADS = 40, 80
_NO_BREAK = ("revisions", "coverage", "timeliness")
_CAPTIONS = {
    "checks": "各类检查结果 · results of the checks by family",
    "counties": "26 县三年内已公布数字数 · figures known of the 26 counties in three years",
    "coverage": "必报指标到数率 · mandatory indicators present",
    "breaks": "逐类核对 · pairs compared, by kind",
    "revisions": "修订 · revisions",
    "timeliness": "发布时滞 · days to publication",
}


def printed(evidence: dict[str, Any], charts: dict[str, str]) -> bytes:
    """The PDF's bytes; the same evidence always gives the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, SimpleDocTemplate, Spacer

    characters = _characters(evidence, charts)
    pdfmetrics.registerFont(TTFont(_FONT, io.BytesIO(of_characters(characters))))
    body = ParagraphStyle("body", fontName=_FONT, fontSize=7.5, leading=10, wordWrap="CJK")
    head = ParagraphStyle("head", parent=body, fontSize=13, leading=18, spaceBefore=12, spaceAfter=5)
    title = ParagraphStyle("title", parent=head, fontSize=18, leading=24)
    width = A4[0] - 30 * mm

    def paragraph(text: object, style: ParagraphStyle = body) -> Paragraph:
        shown = " ".join(str(text if text is not None else "—").split())
        if missing := set(shown) - set(characters):
            raise ValueError(f"{sorted(missing)} would not show in the PDF: their outlines are not embedded")
        return Paragraph(escape(shown), style)

    def table(heads: list[str], shares: list[float], rows: list[list[object]]) -> "Flowable":
        return _table([[paragraph(cell) for cell in row] for row in [list[object](heads), *rows]], shares, width)

    run = evidence["run"]
    story: list[Flowable] = [
        paragraph(f"{evidence['quarter']} 季度审计报告 Quarterly audit report", title),
        paragraph(f"截至 {run['as_of']} 所知 as known on {run['as_of']} · release {run['release_id']}"
                  f" · run {run['run_id']} · ledger {run['ledger_position']} {run['ledger_sha256'][:16]}"),
        paragraph(" · ".join(f"{zh} {en}: {n}" for n, zh, en in numbers(evidence))),
    ]  # fmt: skip
    figures = {"summary": ["checks"], "coverage": ["counties", "coverage"], "breaks": ["breaks"],
               "revisions": ["revisions", "timeliness"]}  # fmt: skip
    for section, zh, en in SECTIONS:
        drawings = [
            (name, drawing_of(charts[name], width, _FONT)) for name in figures.get(section, []) if name in charts
        ]
        # A heading stays with the beginning of what it heads.
        story.append(CondPageBreak(30 * mm + (drawings[0][1].height if drawings else 0)))
        story.append(paragraph(f"{zh} {en}", head))
        story += [KeepTogether([drawing, paragraph(_CAPTIONS[name])]) for name, drawing in drawings]
        if section in _TABLES:
            heads, shares = _HEADS[section]
            story.append(table(heads, shares, _TABLES[section](evidence)))
        story.append(Spacer(1, 3 * mm))
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=15 * mm, rightMargin=15 * mm, topMargin=15 * mm, bottomMargin=15 * mm,
        title=f"{evidence['quarter']} audit", invariant=1,
    )  # fmt: skip
    document.build(story, onFirstPage=_number, onLaterPages=_number)
    return buffer.getvalue()


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont(_FONT, 7)
    canvas.drawRightString(document.pagesize[0] - 42, 24, str(document.page))


def _table(cells: list[list[Any]], shares: list[float], width: float) -> "Flowable":
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table, TableStyle

    table = Table(cells, colWidths=[share * width for share in shares], repeatRows=1)
    table.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.25, HexColor("#d9d3c6")),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, HexColor("#22201c")), ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]))  # fmt: skip
    return table


def _characters(evidence: dict[str, Any], charts: dict[str, str]) -> str:
    """Every character that the report may print: those of its evidence, charts, headings and ASCII; each once."""
    fixed = [SECTIONS, list(STATUSES.values()), _CAPTIONS, list(_HEADS.values()), numbers(evidence), _FIXED]
    found = json.dumps([evidence, fixed], ensure_ascii=False) + "".join(charts.values())
    return "".join(sorted({*found, *map(chr, range(32, 127))} - {"\n", "\r", "\t"}))


def _checks(evidence: dict[str, Any]) -> list[list[object]]:
    return [[r["check_id"], f"{r['title']['zh']} {r['title']['en']}", STATUSES[r["outcome"]], r["rows_tested"],
             r["rows_failed"], f"{r['reason']['zh']} {r['reason']['en']}"] for r in evidence["results"]]  # fmt: skip


def _breaks(evidence: dict[str, Any]) -> list[list[object]]:
    broken = [r for r in evidence["reconciliation"] if r["is_break"] and r["kind"] not in _NO_BREAK]
    return [[r["check_id"], r["item"], short(r["left_value"]), short(r["right_value"]), told(r["detail"])]
            for r in broken[:_BREAKS]]  # fmt: skip


def _findings(evidence: dict[str, Any]) -> list[list[object]]:
    return [[f["check_id"], item_of(f), f["state"], f["age_days"], f["reason"]]
            for f in shown_findings(evidence["findings"])]  # fmt: skip


def _loads(evidence: dict[str, Any]) -> list[list[object]]:
    return [[load["load_id"], f"{load['table_id']}@{load['edition']}", load["rows_staged"], load["verdict"],
             load["loaded_by"]] for load in evidence["loads"][:_LOADS]]  # fmt: skip


def _sample(evidence: dict[str, Any]) -> list[list[object]]:
    rows: list[list[object]] = []
    for cell in evidence["sample"]:
        shown = cell["receipt"]
        figure = f"{shown['subject_name']} {shown['indicator_code']} {shown['time_period']}"
        where = f"{shown['title']} {shown['locator']}"
        rows.append([cell["position"], figure, shown["excerpt"], where, "是 yes" if cell["is_held"] else "否 no"])
    return rows


def _signatures(evidence: dict[str, Any]) -> list[list[object]]:
    signed = [[s["step"], s["signed_by"], s["note"], s["signed_at"][:16], s["public_key"][:20]]
              for s in evidence["sign_offs"]]  # fmt: skip
    return signed or [["—", "尚未签署 not signed yet", "", "", ""]]


_TABLES = {
    "checks": _checks, "breaks": _breaks, "findings": _findings, "loads": _loads, "sample": _sample,
    "signatures": _signatures,
}  # fmt: skip
_HEADS: dict[str, tuple[list[str], list[float]]] = {
    "checks": (
        ["id", "检查 check", "结果 result", "检验 n", "未过", "说明 reason"],
        [0.06, 0.24, 0.18, 0.07, 0.06, 0.39],
    ),
    "breaks": (["check", "对象 item", "左 left", "右 right", "说明 detail"], [0.07, 0.36, 0.15, 0.15, 0.27]),
    "findings": (["check", "事项 item", "状态 state", "天 age", "答复 answer"], [0.07, 0.46, 0.11, 0.06, 0.3]),
    "loads": (["load", "表与版次 table, edition", "行 rows", "结论 verdict", "由 by"], [0.07, 0.43, 0.1, 0.3, 0.1]),
    "sample": (["#", "数字 figure", "原文 excerpt", "出处 where", "相符"], [0.05, 0.23, 0.38, 0.26, 0.08]),
    "signatures": (["步骤 step", "签署人 by", "意见 opinion", "时间 at", "公钥 key"], [0.12, 0.2, 0.3, 0.18, 0.2]),
}
