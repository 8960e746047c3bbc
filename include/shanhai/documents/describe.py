"""Pages for people, written from documents."""

from collections.abc import Iterable

from shanhai.documents.catalogue import TableSource
from shanhai.documents.publisher import Publisher


def publisher_page(publisher: Publisher, tables: Iterable[TableSource]) -> str:
    """A publisher and its tables in Markdown, English and Chinese: its DAG's page, shown in a narrow box."""
    lines = [
        f"# {publisher.name.en} · {publisher.name.zh}",
        "",
        publisher.description.en,
        "",
        publisher.description.zh,
        "",
    ]
    for source in tables:
        document = source.document
        lines += [
            f"## {document.title.en} · {document.title.zh}",
            "",
            f"- document 文档: `{source.table_id}`",
            f"- carrier 载体: {document.carrier}",
            f"- licence 许可: {document.licence}",
            f"- editions 版次: {', '.join(edition.edition for edition in document.editions)}",
            "",
            document.notes or "",
            "",
        ]
    return "\n".join(lines)
