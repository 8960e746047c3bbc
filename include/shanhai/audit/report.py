"""The report of a run in HTML: one page without scripts that prints well, English and Chinese, from evidence alone."""

import html
import re
from collections import Counter
from typing import Any

from shanhai import settings

SECTIONS = (
    ("summary", "概要", "Summary"), ("checks", "检查目录", "Checks"), ("coverage", "覆盖", "Coverage"),
    ("breaks", "核对", "Reconciliation"), ("findings", "事项", "Findings"), ("revisions", "修订与时效", "Revisions"),
    ("loads", "装载与结论", "Loads and verdicts"), ("sample", "抽样复核", "Sampled cells"),
    ("signatures", "签署", "Sign-off"),
)  # fmt: skip
STATUSES = {
    "passed": "通过 passed",
    "failed": "未通过 failed",
    "noted": "有记录 noted",
    "not_applicable": "不适用 not applicable",
}
_FINDINGS_OF_A_CHECK = 6


def numbers(evidence: dict[str, Any]) -> list[tuple[int, str, str]]:
    """The headline counts: number, what it counts in Chinese and English."""
    results = Counter(result["outcome"] for result in evidence["results"])
    states = Counter(finding["state"] for finding in evidence["findings"])
    held = sum(cell["is_held"] for cell in evidence["sample"])
    return [
        (len(evidence["results"]), "检查", "checks"),
        (results["passed"], "通过", "passed"),
        (results["failed"], "未通过", "failed"),
        (results["noted"], "有记录", "noted"),
        (results["not_applicable"], "不适用", "not applicable"),
        (sum(result["decision"] == "block" for result in evidence["results"]), "阻断级", "blocking"),
        (states["open"] + states["expired"], "待答复事项", "open findings"),
        (len(evidence["loads"]), "装载", "loads"),
        (held, "复核相符", f"of {len(evidence['sample'])} cells hold"),
    ]


def rendered(evidence: dict[str, Any], charts: dict[str, str]) -> str:
    """The page; whatever a publication printed is escaped, charts are the renderer's own SVG."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(settings.AUDIT), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {
        "short": short, "told": told, "item": item_of, "shown_findings": shown_findings,
        # Escaped first; only the brackets of the excerpt become a mark.
        "marked": lambda text: Markup(  # noqa: S704
            html.escape(text or "—").replace("【", "<mark>").replace("】", "</mark>")
        ),
    }  # fmt: skip
    # SVG that vl-convert writes, which escapes the texts in it.
    drawings = {name: Markup(charts[name]) if name in charts else None for name in (  # noqa: S704
        "checks", "coverage", "counties", "breaks", "revisions", "timeliness")}  # fmt: skip
    template = environment.get_template("report.html.j2")
    page: str = template.render(
        e=evidence, charts=drawings, sections=SECTIONS, statuses=STATUSES, numbers=numbers(evidence)
    )
    return page


def short(value: Any) -> str:
    """A number with separators and at most four decimals; a dash for none."""
    if value is None:
        return "—"
    whole, _, part = str(value).partition(".")
    part = part[:4].rstrip("0")
    return f"{int(whole):,}" + (f".{part}" if part else "") if re.fullmatch(r"-?\d+", whole) else str(value)


def told(detail: dict[str, Any]) -> str:
    """What explains a row, in one line."""
    shown = (f"{key.replace('_', ' ')} {short(value)}" for key, value in detail.items() if value is not None)
    return " · ".join(shown)[:240]


def item_of(finding: dict[str, Any]) -> str:
    """What a finding is about; a registered contradiction in both languages."""
    says = finding["detail"].get("says") if isinstance(finding["detail"], dict) else None
    return f"{finding['item'][:4]}{says['zh']} · {says['en']}" if says else str(finding["item"])


def shown_findings(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The material and the open ones first, a few of each check, so that one noisy check does not hide the others."""
    waiting = ("open", "expired", "asked")
    ordered = sorted(
        findings, key=lambda f: (f["state"] not in waiting, not f["is_material"], f["check_id"], f["item"])
    )
    seen: Counter[tuple[str, bool]] = Counter()
    shown = []
    for finding in ordered:
        registered = finding["item"][:1] == "C" and finding["item"][1:3].isdigit()
        seen[finding["check_id"], registered] += 1
        if registered or seen[finding["check_id"], registered] <= _FINDINGS_OF_A_CHECK:
            shown.append(finding)
    return shown
