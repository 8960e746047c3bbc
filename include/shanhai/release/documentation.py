"""The site that documents the project: models with lineage, columns and tests, in one file that needs no server."""

import os
import shutil
from pathlib import Path

from shanhai import settings
from shanhai.release import promotion
from shanhai.release.candidate import BuildError
from shanhai.release.dbt_commands import give_dbt_the_address


def write_site() -> Path:
    """Write the site of the release that readers see to docs/index.html under the home folder; returns its path.

    Raises NoSuchReleaseError before the first promotion and BuildError when dbt cannot describe the project.
    """
    from dbt.cli.main import dbtRunner

    release = promotion.current()
    if release is None:
        raise promotion.NoSuchReleaseError("no release to document yet: promote one first · 尚无发布可供生成文档")
    give_dbt_the_address()
    os.environ["SHANHAI_RELEASE_SCHEMA"] = release.schema_name
    work = settings.home() / "dbt"
    target = work / "target_docs"
    result = dbtRunner().invoke([
        "--quiet", "--no-use-colors", "--log-path", str(work / "logs"), "docs", "generate", "--static",
        "--project-dir", str(settings.DBT_PROJECT), "--profiles-dir", str(settings.DBT_PROJECT),
        "--target-path", str(target),
    ])  # fmt: skip
    if not result.success:
        raise BuildError(f"dbt wrote no documentation: {result.exception}")
    site = settings.home() / "docs" / "index.html"
    site.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(target / "static_index.html", site)
    return site
