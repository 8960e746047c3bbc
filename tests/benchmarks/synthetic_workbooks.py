"""Synthetic workbooks as Excel writes them: made-up figures under real heads and county names, for measuring only."""

import csv
import random
import zipfile
from pathlib import Path

SHEET = "合成数据"  # says in its name that it is synthetic
_NAMES = Path(__file__).parents[2] / "include" / "published" / "ministry_of_civil_affairs"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    f'<sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    # Style 0 and 1 are General, 2 shows two decimals.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="0"/>'
    '<xf numFmtId="2"/></cellXfs></styleSheet>',
}

_INDICATORS = [
    "gdp", "primary_value_added", "secondary_value_added", "tertiary_value_added", "industrial_value_added",
    "budget_revenue", "tax_revenue", "budget_expenditure", "livelihood_expenditure", "total_fiscal_revenue",
    "agriculture_gross_output", "above_scale_industrial_value_added", "above_scale_industrial_output",
    "fixed_asset_investment", "retail_sales", "exports", "household_savings_deposits", "loan_balance", "output_value",
]  # fmt: skip


def county_names() -> list[str]:
    """Counties, districts and cities of Zhejiang that exist today under a name of their own."""
    with (_NAMES / "divisions_1981_2024.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["一级行政区"] == "浙江省"]
    names = [row["名称"] for row in rows if row["级别"] == "县级"]
    return sorted(row["名称"] for row in rows if row["状态"] == "在用" and names.count(row["名称"]) == 1)


def heads(columns: int) -> list[str]:
    """Heads of a table of so many columns: the label and figures in 万元."""
    return ["地区", *(f"合成指标{number}(万元)" for number in range(1, columns))]


def document(columns: int) -> str:
    """The source document of a synthetic workbook of so many columns: each but the first another indicator in 万元."""
    declared = "".join(
        f"  - {{head: {head}, indicator: {indicator}}}\n"
        for head, indicator in zip(heads(columns)[1:], _INDICATORS[: columns - 1], strict=True)
    )
    layout = "layout: {head_rows: [1], label_column: 地区, within: 浙江省}\n"
    return f"relation: observations\ncarrier: xlsx\nperiod: 2023\n{layout}columns:\n{declared}"


def write_workbook(path: Path, rows: int, columns: int, seed: int) -> None:
    """A table of `rows` rows under one head row; figures are whole or of two decimals, some with binary noise."""
    random_ = random.Random(seed)  # noqa: S311 - made-up figures, no secrets
    names = county_names()
    texts = [*heads(columns), *names]
    letters = [_letters(number) for number in range(1, columns + 1)]
    lines = [_row(1, [f'<c r="{letter}1" s="1" t="s"><v>{number}</v></c>' for number, letter in enumerate(letters)])]
    for row in range(2, rows + 2):
        cells = [f'<c r="A{row}" s="1" t="s"><v>{columns + row % len(names)}</v></c>']
        for number, letter in enumerate(letters[1:]):
            if number % 2:
                cells.append(f'<c r="{letter}{row}"><v>{random_.randrange(10**5, 10**6)}</v></c>')
                continue
            figure = random_.randrange(10**7, 10**8) / 100
            stored = f"{figure:.17g}" if random_.random() < 0.05 else repr(figure).removesuffix(".0")
            cells.append(
                f'<c r="{letter}{row}"{" s=" + chr(34) + "2" + chr(34) if number % 4 else ""}><v>{stored}</v></c>'
            )
        lines.append(_row(row, cells))
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    parts = {
        **_PARTS,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{part}')


def _row(number: int, cells: list[str]) -> str:
    return f'<row r="{number}" spans="1:{len(cells)}">{"".join(cells)}</row>'


def _letters(column: int) -> str:
    column, rest = divmod(column - 1, 26)
    return ("" if column == 0 else _letters(column)) + chr(ord("A") + rest)
