"""The build: when loads have been accepted, build a candidate from all of them, test it, and show it to readers."""

from datetime import timedelta

from airflow.sdk import Asset, AssetAny, dag, task

from shanhai.documents.catalogue import Catalogue
from shanhai.settings import PUBLISHED, SOURCES

publishers = Catalogue(SOURCES, PUBLISHED).publishers
accepted_loads = [Asset(name=f"accepted_loads_{p}", uri=f"shanhai://staging/{p}") for p in publishers]
decisions = Asset(name="quarantine_decisions", uri="shanhai://quarantine/decisions")


@dag(
    dag_display_name="build marts · 构建集市",
    schedule=AssetAny(*accepted_loads, decisions),
    max_active_runs=1,
    catchup=False,
    tags=["build"],
)
def build_marts() -> None:
    """Build, test and promote a release of the marts.

    **EN** Waits until the loads have settled, builds every dbt model from all accepted loads into a candidate schema,
    runs every test there, and switches the views of `marts` to it in one transaction. When a test fails, readers keep
    the release they have.

    **中文** 待装载告一段落后，以全部已接受的装载在候选模式中构建 dbt 模型并运行全部测试；全部通过后，
    在一个事务内切换 `marts` 的视图。任一测试失败，读者仍见原发布。
    """

    @task.sensor(poke_interval=2, timeout=timedelta(minutes=15).total_seconds())
    def loads_settled() -> bool:
        """Several publishers load at once; one release holds them all · 等待各发布者装载完毕."""
        from shanhai.pending import is_settled

        return is_settled()

    @task.short_circuit
    def release_due() -> bool:
        """False when readers see every accepted load already · 是否需要新发布."""
        from shanhai.release.promotion import is_due

        return is_due()

    @task
    def build_candidate() -> int:
        """All models and all tests in a schema of their own · 构建并测试候选."""
        from shanhai.release.candidate import build_candidate

        return build_candidate()

    @task(outlets=[Asset(name="marts", uri="shanhai://marts")])
    def promote(release_id: int) -> None:
        """Readers see the candidate from here on · 切换读者视图."""
        from shanhai.release.promotion import promote

        promote(release_id)

    promote(loads_settled() >> release_due() >> build_candidate())


build_marts()
