"""The commands `shanhai release`: thin calls of the verbs; heavy imports happen inside."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

release_app = typer.Typer(
    help="Build, promote and take back releases; read past days. 构建、发布与回退；查看往日。", no_args_is_help=True
)


class Clock(StrEnum):
    """By which clock a past day is meant."""

    LOADED = "loaded"
    PUBLISHED = "published"


@release_app.command()
def build(
    as_of: Annotated[str | None, typer.Option(help="A past day, built aside for readers · 历史日期")] = None,
    clock: Annotated[
        Clock, typer.Option(help="loaded: what we knew; published: what publishers had said · 时钟")
    ] = Clock.LOADED,
    full_refresh: Annotated[bool, typer.Option(help="Copy nothing of the last release · 全量重建")] = False,
) -> None:
    """Build and test a candidate from all accepted loads; readers do not see it yet.

    构建并测试候选发布，读者暂不可见。
    """
    if as_of:
        from shanhai.release.as_of import build_as_of

        typer.echo(f"readers may read schema {build_as_of(as_of, clock.value)} · 读者可读该模式")
    else:
        from shanhai.release.candidate import build_candidate

        typer.echo(f"release {build_candidate(full_refresh)} is ready to promote · 可发布")


@release_app.command()
def promote(release_id: int) -> None:
    """Show readers a release; refused when a table is not what its tests saw.

    发布指定版本；若表在检验后被改动则拒绝。
    """
    from shanhai.release import promotion

    promotion.promote(release_id)
    typer.echo(f"readers see release {release_id} · 读者所见为第 {release_id} 次发布")


@release_app.command()
def docs() -> None:
    """Write the site of models, lineage and columns of the release that readers see.

    生成当前发布的模型、血缘与字段文档。
    """
    from shanhai.release.documentation import write_site

    typer.echo(f"{write_site()} · 文档已生成")


@release_app.command()
def rollback() -> None:
    """Show readers the release before the current one.

    回退到上一发布。
    """
    from shanhai.release import promotion

    typer.echo(f"readers see release {promotion.rollback()} again · 已回退")


@release_app.command("list")
def list_releases() -> None:
    """Every release with its marts' versions, and the past days that can be read.

    列出各次发布及可读的历史日期。
    """
    from shanhai.release.account import releases
    from shanhai.release.as_of import past_schemas

    for each in releases():
        mark = "*" if each.is_shown else " "
        kept = "" if each.is_kept else "  dropped · 已清除"
        typer.echo(
            f"{mark} {each.release_id}  {each.built_at:%Y-%m-%d %H:%M}  {each.loads_count} loads · 装载  "
            f"{each.tests_run} tests · 检验  {each.changes_count} changes · 变化{kept}"
        )
        if each.is_shown:
            for mart, version in each.versions.items():
                typer.echo(f"      {mart} {version}")
    for past in past_schemas():
        typer.echo(f"  {past.view_schema}  as of · 截至 {past.as_of} ({past.clock})")


@release_app.command()
def changelog(
    release_id: Annotated[int | None, typer.Argument(help="The one readers see when left out · 发布编号")] = None,
    mart: Annotated[str | None, typer.Option(help="Only this mart · 仅此集市")] = None,
) -> None:
    """What a release changed of what readers saw before it: value by value, with the cause and the loads.

    发布的逐值变化、原因与相关装载。
    """
    from shanhai.release.account import changes

    for each in changes(release_id, mart):
        where = f"{each.relation}.{each.column_name or '*'} {each.row_key or ''}"
        loads = f" loads {each.load_ids}" if each.load_ids else ""
        typer.echo(f"{each.change_kind} {where}: {each.old_value} -> {each.new_value}  [{each.cause}{loads}]")


@release_app.command()
def why(
    release_id: Annotated[int | None, typer.Argument(help="The one readers see when left out · 发布编号")] = None,
) -> None:
    """Which relations of a release were built whole and which from new loads only, and why.

    各表为何全量或增量构建。
    """
    from shanhai.release.account import reasons

    for relation, reason in sorted(reasons(release_id).items()):
        loads = f"  loads · 装载 {reason['load_ids']}" if reason.get("load_ids") else ""
        changed = f"  changed · 变动 {', '.join(reason['changed'][:5])}" if reason.get("changed") else ""
        typer.echo(f"{relation}: {reason['built']}, {reason['why']}{loads}{changed}")


@release_app.command("drop-as-of")
def drop_as_of(view_schema: str) -> None:
    """Drop the schema of a past day.

    清除历史日期的模式。
    """
    from shanhai.release.as_of import drop_as_of as drop

    drop(view_schema)
    typer.echo(f"{view_schema} dropped · 已清除")
