"""Proposes a document for an answer of a data interface: which of its codes are indicators of the register."""

from pathlib import Path

from shanhai.carriers.easyquery import read_easyquery
from shanhai.errors import DocumentError
from shanhai.library import Library
from shanhai.workbench.frame import edition_lines, title_line
from shanhai.workbench.naming import Naming, plain
from shanhai.workbench.scalars import scalar


def answer_draft(library: Library, file: Path, content: bytes, title_en: str | None) -> str:
    """The whole text; raises DocumentError when the answer does not open or none of its indicators is known."""
    try:
        nodes = read_easyquery(content, "utf-8")
    except ValueError as error:
        raise DocumentError(f"{file.name}: does not open as json: {error}") from error
    naming = Naming(library.reference)
    columns, ignored = [], []
    for code, (name, unit) in {node.indicator: (node.indicator_name, node.unit) for node in nodes}.items():
        named = naming.meaning([plain(name)], unit or None)
        remark = f"{name} ({unit or 'no unit'})" + (f"; {named.remark}" if named.remark else "")
        if named.indicator:
            columns.append(f"  - {{head: {scalar(code)}, indicator: {named.indicator.indicator_code}}}  # {remark}")
        else:
            ignored.append(f"  - {scalar(code)}  # {remark}")
    if not columns:
        raise DocumentError(f"{file.name}: none of its {len(ignored)} indicators is one of the register")
    nobody = (
        []
        if all(node.region for node in nodes)
        else ["subject: 全国  # no node names a division", "subject_kind: country"]
    )
    lines = [*title_line(file.stem, title_en, file), "carrier: json", "symbols: {}", *nobody]
    lines += ["columns:", *columns, *(["ignored:", *ignored] if ignored else [])]
    return "\n".join([*lines, *edition_lines(file, content, None, is_printed=False, needs_period=False)]) + "\n"
