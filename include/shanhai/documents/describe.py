"""Pages for people, written from documents."""

from collections.abc import Iterable

from shanhai.documents.catalogue import TableSource
from shanhai.documents.publisher import Publisher


def publisher_page(publisher: Publisher, tables: Iterable[TableSource]) -> str:
    """A publisher and its tables in Markdown, English and Chinese: the page of its DAG."""
    lines = [
        f"# {publisher.name.en} · {publisher.name.zh}",
        "",
        publisher.description.en,
        "",
        publisher.description.zh,
        "",
        "| table 表 | title 标题 | editions 版次 | carrier 载体 | licence 许可 |",
        "|---|---|---|---|---|",
    ]
    for source in tables:
        document = source.document
        editions = ", ".join(edition.edition for edition in document.editions)
        title = f"{document.title.zh} {document.title.en}"
        lines.append(f"| `{source.table_id}` | {title} | {editions} | {document.carrier} | {document.licence} |")
    return "\n".join(lines)
