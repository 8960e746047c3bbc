"""The commands `shanhai source` and `shanhai edition`: thin calls of the workbench; heavy imports happen inside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from shanhai.documents.catalogue import TableSource
    from shanhai.documents.source import Edition
    from shanhai.library import Library
    from shanhai.workbench.inbox import Arrival

    _Named = tuple[str, str | None, Arrival]

_WIDTH_OF_A_FILE = 160  # columns where the output is no terminal

source_app = typer.Typer(help="Write and check source documents. 编写与检查来源文档。", no_args_is_help=True)
edition_app = typer.Typer(help="Register editions of a table. 登记表的版次。", no_args_is_help=True)


@source_app.command()
def check(
    document: Annotated[str, typer.Argument(help="A document's file, or <publisher>/<table> · 文档路径或表名")],
    edition: Annotated[str | None, typer.Option(help="Which edition; the last when left out · 版次")] = None,
    publication: Annotated[Path | None, typer.Option(help="Read this file in its place · 改读此文件")] = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows to show · 显示行数")] = 12,
    columns: Annotated[int, typer.Option(min=1, help="Columns to show · 显示列数")] = 8,
) -> None:
    """Show what a document reads from its publication, before anything is loaded; needs no database.

    装载之前，显示文档从出版物中读出什么、略去什么、为何拒绝；无需数据库。
    """
    from shanhai.library import Library
    from shanhai.workbench.lookup import find_source

    library = Library.open()
    source = find_source(document, library)
    chosen = source.edition(edition) if edition else source.document.editions[-1]
    content = (publication or source.file(chosen)).read_bytes()
    if publication:
        import hashlib

        chosen = chosen.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    raise typer.Exit(_explained(library, source, chosen, content, rows, columns))


@source_app.command("draft")
def draft_document(
    publication: Annotated[Path, typer.Argument(metavar="FILE", help="Table, json or txt · 公布文件")],
    title_en: Annotated[str | None, typer.Option(help="Title in English · 英文题名")] = None,
    period: Annotated[str | None, typer.Option(help="Period, where the table prints none · 时期")] = None,
) -> None:
    """Propose a document for a new table or text, for a person to correct: heads, units, labels, periods, indicators.

    为新表或新文草拟文档，供人核改：表头、单位、标目、时期与指标。
    """
    from shanhai.library import Library
    from shanhai.workbench.draft import draft
    from shanhai.workbench.explanation import explain

    library = Library.open()
    proposal = draft(library, publication, title_en=title_en, period=period)
    typer.echo(proposal.text, nl=False)
    edition = proposal.source.document.editions[0]
    found = explain(library, proposal.source, edition, publication.read_bytes())
    refused = f"; refused at {found.refusal.place}: {found.refusal.problem}" if found.refusal else ""
    typer.echo(f"reads {len(found.rows)} figures · 读出数字{refused}", err=True)


@source_app.command()
def schema() -> None:
    """Print the JSON Schema of source documents, for editors.

    输出来源文档的 JSON Schema，供编辑器使用。
    """
    import json

    from shanhai.documents.schema import source_schema

    typer.echo(json.dumps(source_schema(), ensure_ascii=False, indent=2))


@edition_app.command()
def add(
    document: Annotated[str, typer.Argument(help="A document of the project, or <publisher>/<table> · 表")],
    publication: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A file, an inbox folder or an http(s) address · 文件、收件夹或网址"),
    ],
    name: Annotated[str | None, typer.Option("--edition", help="Name of the edition · 版次名")] = None,
    period: Annotated[str | None, typer.Option(help="Its reference period · 所属时期")] = None,
    subject: Annotated[str | None, typer.Option(help="Of whom a text speaks · 文本所述对象")] = None,
    estimate_round: Annotated[str | None, typer.Option(help="PRELIM, FINAL, CENSUS … · 核算轮次")] = None,
    published_on: Annotated[str | None, typer.Option(help="Day of publication · 发布日期")] = None,
    file_name: Annotated[str | None, typer.Option(help="Name to keep it under · 保存文件名")] = None,
    title: Annotated[str | None, typer.Option(help="Title as printed; else the table's · 印刷题名")] = None,
    publisher: Annotated[str | None, typer.Option(help="As printed; else the folder's · 发布者")] = None,
    address: Annotated[str | None, typer.Option(help="Where it was published · 发布网址")] = None,
    licence: Annotated[str | None, typer.Option(help="Else the table's · 许可")] = None,
    reliability: Annotated[
        str | None, typer.Option(help="official, mirror of official, news, encyclopedia or compiled · 可靠性")
    ] = None,
    transcription: Annotated[
        str | None, typer.Option(help="What was transcribed from what; else the bytes as received · 转录说明")
    ] = None,
    reissue: Annotated[
        bool, typer.Option("--reissue", help="The publisher replaced this edition by other bytes · 重新发布")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private-addresses", help="Fetch from this network too · 允许内网地址")
    ] = False,
) -> None:
    """Register an edition: keep its bytes with their origin, add its entry to the document, show what it reads.

    登记版次：保存字节与来源记录，在文档中追加一项，并显示读出的内容。
    """
    from shanhai.library import Library
    from shanhai.workbench.lookup import find_source
    from shanhai.workbench.registration import register

    reading = {"subject": subject, "period": period, "estimate_round": estimate_round, "published_on": published_on}
    origin = {"title": title, "publisher": publisher, "address": address, "published_on": published_on,
              "licence": licence, "reliability": reliability, "transcription": transcription}  # fmt: skip
    library = Library.open()
    source = find_source(document, library)
    if Path(publication).is_dir():
        arrivals = _offered(Path(publication), source, period)
    else:
        arrivals = _received(publication, source, name, period, file_name, allow_private)
    worst = 0
    for chosen, of_period, arrival in arrivals:
        source = register(library, source, chosen, arrival, reading | {"period": of_period}, origin, reissue)
        added = source.edition(chosen)
        typer.echo(f"{source.path.name}: edition {chosen} added, sha256 {added.sha256} · 已登记")
        worst = max(worst, _explained(library, source, added, arrival.content))
    raise typer.Exit(worst)


def _offered(folder: Path, source: TableSource, period: str | None) -> Iterator[_Named]:
    """The new files of a folder for which a person gives a name and a period."""
    from shanhai.workbench.inbox import offered

    arrivals = offered(folder, source)
    if not arrivals:
        typer.echo("nothing new in the folder · 没有新文件")
    for arrival in arrivals:
        name = typer.prompt(f"{arrival.name}: name of the edition, empty to skip · 版次名", default="")
        if name:
            yield name, typer.prompt("period · 时期", default=period or name), arrival


def _received(
    place: str, source: TableSource, name: str | None, period: str | None, file_name: str | None, allow_private: bool
) -> Iterator[_Named]:
    """The one publication at a path or an address, named by the person."""
    from shanhai.workbench.inbox import received

    if not name:
        raise typer.BadParameter("--edition is needed · 请给出版次名")
    yield name, period, received(place, source, file_name, allow_private)


def _explained(
    library: Library, source: TableSource, edition: Edition, content: bytes, rows: int = 12, columns: int = 8
) -> int:
    """Draw what the edition yields; the exit code says whether a load would be staged."""
    from shanhai.workbench.explanation import explain
    from shanhai.workbench.picture import draw

    explanation = explain(library, source, edition, content)
    draw(explanation, _console(), rows, columns)
    return 0 if explanation.loads else 1


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_OF_A_FILE)
