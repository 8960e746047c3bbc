"""The main job with the real scheduler: killed twice on its way, it ends in the same marts; run again, it is quick.

Every step of a load and of a build is killed in tests/dags/test_running_faults.py; here it is the job itself.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from shanhai.release import promotion
from tests.conftest import ReleasedWarehouse

SHANHAI = str(Path(sys.executable).with_name("shanhai"))
PATIENCE_SECONDS = 900


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a job with a home of its own; its servers are stopped and its data removed in the end."""
    home = tmp_path_factory.mktemp("job")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SHANHAI"))}
    own["SHANHAI_HOME"] = str(home)
    yield own
    subprocess.run([SHANHAI, "down"], env=own, check=True)
    remove = "from shanhai.platform import postgres; postgres.remove()"
    subprocess.run([sys.executable, "-c", remove], env=own, check=True)


def ask(environment: dict[str, str], statement: str) -> int:
    """A number from the job's own warehouse; 0 while there is none."""
    done = subprocess.run(
        [SHANHAI, "dsn", "--role", "engineer"], env=environment, capture_output=True, text=True, check=False
    )
    try:
        with psycopg.connect(done.stdout.strip()) as connection:
            row = connection.execute(statement).fetchone()  # type: ignore[arg-type]
    except psycopg.Error:
        return 0
    return int(row[0]) if row else 0


def kill_when(environment: dict[str, str], is_reached: Callable[[], bool]) -> None:
    """Start the job and kill it, and only it, with SIGKILL at the moment that is asked for."""
    with subprocess.Popen([SHANHAI, "run"], env=environment, stdout=subprocess.DEVNULL) as job:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_reached():
            assert job.poll() is None, "the job ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.3)
        job.send_signal(signal.SIGKILL)


@pytest.fixture(scope="module")
def job_output(environment: dict[str, str]) -> str:
    """What the job prints after it was killed once while loading and once while building."""
    kill_when(environment, lambda: ask(environment, "select count(*) from ops.verdicts") > 10)
    building = "select count(*) from pg_namespace where nspname = 'release_candidate'"
    kill_when(environment, lambda: ask(environment, building) > 0)
    done = subprocess.run(
        [SHANHAI, "run"], env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_killed_job_ends_in_the_same_marts(
    released_warehouse: ReleasedWarehouse, environment: dict[str, str], job_output: str
) -> None:
    here = promotion.current()
    assert here is not None
    marts = {name: content for name, content in here.relations.items() if name.startswith("mart_")}
    assert len(marts) >= 5
    done = subprocess.run(
        [sys.executable, "-c", "from shanhai.platform import postgres; postgres.start()"], env=environment, check=True
    )
    assert done.returncode == 0
    for name, content in marts.items():
        statement = f"""
        select count(*) from ops.promotions inner join ops.releases using (release_id)
        where relations -> '{name}' ->> 'content_sha256' = '{content["content_sha256"]}'
        """  # noqa: S608 - names and hashes of our own ledger
        assert ask(environment, statement) == 1, name


def test_the_summary_tells_what_happened(job_output: str) -> None:
    for part in ("accepted 接受", "marts.mart_county_profiles", "90131亿元", "951435万元", "479亿元", "Seconds"):
        assert part in job_output


def test_a_second_run_finds_nothing_new(environment: dict[str, str], job_output: str) -> None:
    done = subprocess.run([SHANHAI, "run"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing new to load" in done.stdout
