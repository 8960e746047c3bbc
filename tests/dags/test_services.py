"""The four Airflow services, for real: healthy, on loopback only, silent about secrets, and gone after a stop."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from shanhai.platform import airflow_configuration, processes, services
from shanhai.platform.airflow_client import AirflowClient
from tests.dags.conftest import RunningAirflow

pytestmark = pytest.mark.slow


def records() -> dict[str, processes.Record]:
    return {name: record for name in services.SERVICES if (record := processes.running(name))}


def session_members() -> list[int]:
    return [number for record in records().values() for number in processes.members(record)]


def listening_addresses(numbers: list[int]) -> set[str]:
    found = [c for number in numbers for c in psutil.Process(number).net_connections("all")]
    return {connection.laddr.ip for connection in found if connection.status == psutil.CONN_LISTEN}


def test_all_four_run_and_a_person_can_log_in(running: RunningAirflow) -> None:
    assert set(records()) == set(services.SERVICES)
    for user in airflow_configuration.USERS:
        with AirflowClient(user) as airflow:
            assert airflow.parsed_dags().keys() >= {"build_marts"}


def test_they_listen_on_loopback_only(running: RunningAirflow) -> None:
    assert listening_addresses(session_members()) == {"127.0.0.1"}


def test_a_second_start_changes_nothing(running: RunningAirflow) -> None:
    before = records()
    services.start()
    assert records() == before


def test_nothing_private_is_in_a_log_or_readable_by_others(running: RunningAirflow) -> None:
    secrets = [airflow_configuration.password(user) for user in airflow_configuration.USERS]
    secrets += [airflow_configuration.token_key()]
    logs = list((running.home / "logs").rglob("*.log"))
    assert len(logs) >= len(services.SERVICES)
    assert [str(f) for f in logs if any(secret in f.read_text("utf-8", "replace") for secret in secrets)] == []
    for name in ("airflow.cfg", "passwords.json"):
        assert (airflow_configuration.airflow_home() / name).stat().st_mode & 0o777 == 0o600


def test_a_killed_service_comes_back_and_the_others_stay(running: RunningAirflow) -> None:
    before = records()
    os.kill(before["scheduler"].process_id, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while processes.running("scheduler"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    services.start()
    after = records()
    assert after["scheduler"] != before["scheduler"]
    assert processes.members(before["scheduler"]) == []
    assert {name: after[name] for name in after if name != "scheduler"} == {
        name: before[name] for name in before if name != "scheduler"
    }


def test_nothing_remains_after_a_stop(running: RunningAirflow) -> None:
    numbers = session_members()
    assert len(numbers) > len(services.SERVICES)
    services.stop()
    assert [number for number in numbers if psutil.pid_exists(number) and not _is_zombie(number)] == []
    services.stop()


def _is_zombie(number: int) -> bool:
    return psutil.Process(number).status() == psutil.STATUS_ZOMBIE
