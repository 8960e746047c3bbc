"""The pack is the same bytes twice, re-renders from what is stored, and names whatever was touched in it."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pdfplumber
import pytest
from tests.audit.conftest import QUARTER, Audited

from shanhai import seal, settings
from shanhai.audit import evidence, pack, performance, texts
from shanhai.audit import printed as printed_report
from shanhai.audit.performance import reading
from shanhai.audit.quarter import Quarter
from shanhai.warehouse.connection import connect

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def files(audited: Audited) -> Files:
    with zipfile.ZipFile(audited.pack) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def check_offline(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier that lies in the pack, isolated: without this project on the path."""
    with zipfile.ZipFile(path) as opened:
        script = path.with_name("verify_pack.py")
        script.write_bytes(opened.read("verify_pack.py"))
    return subprocess.run([sys.executable, "-I", script, path, *options], capture_output=True, text=True, check=False)


def rewritten(files: Files, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as written:
        for name, content in files.items():
            written.writestr(name, content)
    return path


def test_a_pack_built_twice_is_the_same_bytes(audited: Audited, tmp_path: Path) -> None:
    assert pack.build(QUARTER, tmp_path).read_bytes() == audited.pack.read_bytes()
    with connect("auditor") as connection:
        rows = connection.execute("select pack_sha256 from audit.pack where run_id = %s", (audited.run_id,)).fetchall()
    assert rows == [(hashlib.sha256(audited.pack.read_bytes()).hexdigest(),)]


def test_a_pack_that_nobody_touched_holds(audited: Audited, files: Files) -> None:
    done = check_offline(audited.pack, "--key", json.loads(files["signature.json"])["public_key"])
    assert done.returncode == 0, done.stderr
    assert "2023Q3" in done.stdout


def entries(files: Files) -> list[dict[str, object]]:
    return [json.loads(line) for line in files["ledger/ledger.jsonl"].decode().splitlines()]


def with_entries(files: Files, changed: list[dict[str, object]]) -> Files:
    lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in changed)
    return files | {"ledger/ledger.jsonl": lines.encode()}


def chained_anew(changed: list[dict[str, object]]) -> list[dict[str, object]]:
    """The ledger as a forger leaves it: every hash from the altered entry on computed anew."""
    previous, forged = "0" * 64, []
    for entry in changed:
        entry = entry | {"previous_sha256": previous}
        previous = seal.Entry(**entry).seal()  # type: ignore[arg-type]
        forged.append(entry | {"entry_sha256": previous})
    return forged


def flipped(files: Files) -> Files:
    found = entries(files)
    found[4] |= {"actor": "somebody"}
    return with_entries(files, found)


def dropped(files: Files) -> Files:
    found = entries(files)
    return with_entries(files, [*found[:4], *found[5:]])


def reordered(files: Files) -> Files:
    found = entries(files)
    return with_entries(files, [*found[:4], found[5], found[4], *found[6:]])


def dated_back(files: Files) -> Files:
    found = entries(files)
    found[4] |= {"happened_at": "2020-01-01T00:00:00.000000Z"}
    return with_entries(files, chained_anew(found))


def forged(files: Files) -> Files:
    found = entries(files)
    found[4] |= {"actor": "somebody"}
    return with_entries(files, chained_anew(found))


def cut_off(files: Files) -> Files:
    return with_entries(files, entries(files)[:-1])


def leaves_forged_too(files: Files) -> Files:
    changed = dated_back(files)
    leaves = "\n".join(str(entry["entry_sha256"]) for entry in entries(changed))
    return changed | {"ledger/leaves.txt": leaves.encode()}


@pytest.mark.parametrize(("alteration", "named"), [
    (flipped, "ledger entry 5 (loads) was altered|ledger entry 5"), (dropped, "ledger entry 5 is missing"),
    (reordered, "ledger entry 5 is missing"), (dated_back, "ledger entry 5"), (cut_off, "is missing"),
    (forged, "is not the one that was signed"),
    (leaves_forged_too, "ledger entry 5 is dated before|ledger/leaves.txt was altered"),
    (lambda files: files | {"report.html": files["report.html"] + b" "}, "report.html was altered"),
    (lambda files: {n: c for n, c in files.items() if n != "audit.xlsx"}, "audit.xlsx is missing"),
    (lambda files: files | {"note.txt": b"trust me"}, "note.txt was added"),
    (lambda files: files | {"manifest.json": files["manifest.json"].replace(b'"as_of"', b'"as_at"')}, "not what was"),
])  # fmt: skip
def test_what_was_touched_is_named(
    files: Files, tmp_path: Path, alteration: Callable[[Files], Files], named: str
) -> None:
    done = check_offline(rewritten(alteration(files), tmp_path / "touched.zip"))
    assert done.returncode == 1
    assert any(part in done.stderr for part in named.split("|")), done.stderr


def test_the_pack_performs_the_audit_again(audited: Audited, tmp_path: Path) -> None:
    from shanhai.warehouse.connection import libpq_address

    with zipfile.ZipFile(audited.pack) as opened:
        opened.extractall(tmp_path)
    script = [sys.executable, tmp_path / "reperform.py"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    done = subprocess.run([*script, "--dsn", libpq_address(settings.warehouse_url("auditor"))], capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    evidence = json.loads((tmp_path / "evidence.json").read_text("utf-8"))
    evidence["sample"][0]["receipt"]["obs_value"] = "1"
    (tmp_path / "evidence.json").write_text(json.dumps(evidence), "utf-8")
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cell 1" in done.stderr


def test_the_report_is_bilingual_and_fetches_nothing(files: Files) -> None:
    page = files["report.html"].decode()
    assert "季度审计报告" in page
    assert "Quarterly audit report" in page
    assert page.count("<svg") >= 5
    assert "src=" not in page
    assert "<script" not in page


def test_the_pdf_shows_its_chinese_on_a_machine_without_fonts(files: Files) -> None:
    """Every font is embedded with outlines of what it prints, the texts of the charts among them."""
    content = files["report.pdf"]
    assert content.startswith(b"%PDF")
    fonts = set(re.findall(rb"/BaseFont /([\w+-]+)", content)) - {b"Helvetica"}  # the library names it, nothing uses it
    assert fonts
    assert all(font.endswith(b"+NotoSansSC-Regular") for font in fonts)
    assert content.count(b"/FontFile2") == len(fonts)
    with pdfplumber.open(io.BytesIO(content)) as opened:
        used = {char["fontname"].encode() for page in opened.pages for char in page.chars}
        text = "".join(page.extract_text() for page in opened.pages)
    assert used <= fonts
    for printed in ("季度审计报告", "人均恒等式", "检查数 checks", "丽水市", "云和县", "期末后天数", "抽样复核"):
        assert printed in text, printed


def test_a_character_without_an_outline_is_refused(monkeypatch: pytest.MonkeyPatch, audited: Audited) -> None:
    with reading() as connection:
        found = evidence.gather(connection, QUARTER, audited.run_id)
    monkeypatch.setattr(printed_report, "_FIXED", "")
    with pytest.raises(ValueError, match="would not show in the PDF"):
        printed_report.printed(found, {})


def test_a_report_stays_as_it_is_when_documents_are_re_worded(
    audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R5: a check that is called, explained and asked otherwise later, and another register, change no old pack."""
    shutil.copytree(settings.AUDIT, tmp_path / "audit")
    shutil.copytree(settings.DBT_PROJECT / "seeds", tmp_path / "dbt_project" / "seeds")
    for path in (tmp_path / "audit" / "checks").glob("*.yml"):
        reworded = re.sub(r"^title: .*$", "title: {en: Renamed, zh: 改名}", path.read_text("utf-8"), flags=re.M)
        path.write_text(
            re.sub(r"^owner: .*$", "owner: nobody", reworded, flags=re.M).replace("query: |\n", "query: |\n  --\n")
        )
    (tmp_path / "audit" / "checks" / "A01.yml").unlink()
    (tmp_path / "dbt_project" / "seeds" / "indicators.csv").write_text("indicator_code\nnothing\n")
    monkeypatch.setattr(settings, "AUDIT", tmp_path / "audit")
    monkeypatch.setattr(settings, "DBT_PROJECT", tmp_path / "dbt_project")
    assert {check.title.en for check in texts.catalogue()} == {"Renamed"}
    assert pack.build(QUARTER, tmp_path / "again", audited.run_id).read_bytes() == audited.pack.read_bytes()


def test_a_report_stays_as_it_is_when_later_quarters_are_audited(audited: Audited, tmp_path: Path) -> None:
    later = performance.run(Quarter(2024, 4))
    with connect("auditor") as connection:
        new = connection.execute(
            "select count(*) from audit.run_finding where run_id = %s and finding_id not in"
            " (select finding_id from audit.run_finding where run_id = %s)", (later, audited.run_id),
        ).fetchone()  # fmt: skip
    assert new is not None
    assert new[0] > 0
    assert pack.build(QUARTER, tmp_path).read_bytes() == audited.pack.read_bytes()


def test_counts_of_the_workbook_are_formulas_and_texts_stay_texts(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "audit.xlsx"
    path.write_bytes(files["audit.xlsx"])
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    assert formulas.worksheets[0]["B3"].value.startswith("=COUNTIF")
    assert values.worksheets[0]["B2"].value == 54
    pairs = formulas.worksheets[2]
    differences = [row[5].value for row in pairs.iter_rows(min_row=2) if row[5].value]
    assert differences
    assert all(value.startswith("=D") for value in differences)
    others = [cell for sheet in formulas.worksheets[1:] for row in sheet.iter_rows() for cell in row
              if cell.data_type == "f" and cell.column_letter != "F"]  # fmt: skip
    assert not others
