"""The site that documents a release, and the age of what a release was made from."""

from tests.conftest import ReleasedWarehouse

from shanhai import settings
from shanhai.release import documentation
from shanhai.release.dbt_commands import give_dbt_the_address


def test_the_site_describes_every_model_in_one_file(released_warehouse: ReleasedWarehouse) -> None:
    site = documentation.write_site()
    text = site.read_text("utf-8")
    assert site == settings.home() / "docs" / "index.html"
    folder = settings.DBT_PROJECT / "models"
    models = {path.stem for layer in ("core", "marts") for path in (folder / layer).rglob("*.sql")}
    assert len(models) > 20
    assert {name for name in models if name not in text} == set()


def test_what_was_just_loaded_is_fresh(released_warehouse: ReleasedWarehouse) -> None:
    """dbt judges each source against the age that its document allows; a source that it cannot ask fails."""
    from dbt.cli.main import dbtRunner

    give_dbt_the_address()
    work = settings.home() / "dbt"
    result = dbtRunner().invoke([
        "--quiet", "--log-path", str(work / "logs"), "source", "freshness",
        "--project-dir", str(settings.DBT_PROJECT), "--profiles-dir", str(settings.DBT_PROJECT),
        "--target-path", str(work / "target_freshness"),
    ])  # fmt: skip
    assert result.success, result.exception
    statuses = {each.node.name: str(each.status) for each in result.result.results}
    assert statuses.keys() >= {"observations", "accepted_loads", "publications"}
    assert set(statuses.values()) == {"pass"}
