"""Check documents: one rule of the audit's catalogue per file, `include/audit/checks/<id>.yml`.

A rule says what it means, who owns it, how bad a failure is, where it is enforced before readers see anything, and how
the audit performs it anew. Its query is a pure function of the relations under `reads`, so that the cases at the end of
the document can be run through the very same text.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from shanhai.documents.terms import Bilingual, Strict
from shanhai.documents.yaml_file import load_document
from shanhai.errors import DocumentError

CheckId = Annotated[str, StringConstraints(pattern=r"^[SKAGOVXP]\d\d$")]
Severity = Literal["error", "warning", "info"]
Dimension = Literal["authenticity", "accuracy", "completeness", "timeliness", "comparability", "coherence"]
FAMILIES = {
    "S": Bilingual(en="Structure", zh="结构"),
    "K": Bilingual(en="Keys and completeness", zh="主键与完整性"),
    "A": Bilingual(en="Accounting", zh="核算平衡"),
    "G": Bilingual(en="Levels and growth", zh="总量与增速"),
    "O": Bilingual(en="Outliers and manipulation", zh="异常与人为干预"),
    "V": Bilingual(en="Vintage and revision", zh="版本与修订"),
    "X": Bilingual(en="Cross-source", zh="跨来源"),
    "P": Bilingual(en="Parks", zh="园区"),
}


class Enforcement(Strict):
    """Where the rule stands guard before anything is published; the named thing must exist."""

    by: Literal["expectation", "dbt_test", "reader", "calendar", "audit"]
    name: str = Field(description="Expectation document, dbt test, module of the reader, or query of this document")


class Reconciliation(Strict):
    """Which two columns of the query must agree, and what kind of agreement it is."""

    kind: Literal[
        "areas", "parts_and_totals", "stock_and_flow", "levels_and_growth", "levels_and_ratios", "publishers",
        "zones_and_counties", "windows", "enclaves", "revisions", "coverage", "timeliness",
    ]  # fmt: skip
    left: str
    right: str | None = None


class FigureGroup(Strict):
    """Figures of a case that have their attributes in common."""

    of: dict[str, Any] = Field(description="Columns of the fact that all of them share")
    figures: dict[str, Any] = Field(description="Indicator → value as printed, in the printed unit")


class Case(Strict):
    """A worked case: rows, how many items they make, and how many of those must fail."""

    name: str
    tested: int = Field(ge=0)
    failures: int = Field(ge=0)
    observations: list[FigureGroup] = Field([])
    rows: dict[str, list[dict[str, Any]]] = Field({}, description="Rows of the other relations under `reads`")


class Check(Strict):
    """One rule of the catalogue; its identifier never changes its meaning."""

    id: CheckId
    title: Bilingual
    level: int = Field(ge=0, le=5, description="ESS validation level")
    severity: Severity = Field(description="error blocks, warning publishes with a flag, info reports")
    dimension: Dimension
    owner: str
    reference: str = Field(description="Clause of the rule's source")
    message: Bilingual = Field(description="What a failure says to the person who has to answer it")
    tolerance: str | None = Field(None, description="Formula of the tolerance, derived from rounding where it can be")
    enforced: list[Enforcement] = Field(min_length=1)
    reads: dict[str, str] = Field({}, description="Name in the query → relation, or seeds/<name>")
    query: str | None = Field(None, description="One row per item tested: item, is_failure and what explains it")
    probe: str | None = Field(None, description="Name of the probe, where bytes have to be opened")
    minimum: int = Field(1, ge=1, description="Fewer items than this decide nothing")
    reconciles: Reconciliation | None = Field(None, description="Every item is kept as a reconciliation")
    not_applicable: Bilingual = Field(description="Why the rule may have too little to test, and what would be needed")
    cases: list[Case] = Field([])

    @property
    def family(self) -> Bilingual:
        """The family that the first letter of the id names."""
        return FAMILIES[self.id[0]]

    @model_validator(mode="after")
    def _is_performed_and_shown_to_fail(self) -> "Check":
        if (self.query is None) == (self.probe is None):
            raise ValueError("a check has a query or a probe, and not both")
        if self.query and not (
            any(case.failures for case in self.cases) and any(case.tested > case.failures for case in self.cases)
        ):
            raise ValueError("a query needs a case that fails and one that holds")
        unknown = {name for case in self.cases for name in case.rows} - set(self.reads)
        if unknown:
            raise ValueError(f"cases give rows of relations that are not read: {sorted(unknown)}")
        return self


def load_checks(folder: Path) -> list[Check]:
    """Every check of the catalogue, by id; raises DocumentError when a file is not named after its id."""
    checks = []
    for path in sorted(folder.glob("*.yml")):
        check = load_document(path, Check, numbers=True)
        if path.stem != check.id:
            raise DocumentError(f"{path}: holds check {check.id}")
        checks.append(check)
    if not checks:
        raise DocumentError(f"{folder}: holds no check")
    return checks
