"""Airflow's configuration on one machine: one private file made from the settings, the same for every service."""

from __future__ import annotations

import base64
import configparser
import json
import os
import secrets
import sys
from io import StringIO
from pathlib import Path

from shanhai import credentials, settings
from shanhai.platform.postgres import HOST, free_port, is_free

# Who may log in to the web page, and as what; readers of figures have no business there. An auditor answers questions,
# which a viewer may not.
USERS = {"admin": "admin", "engineer": "op", "auditor": "user"}
# Measured with 151 short mapped tasks on 2 cores: 28 s at 3, 24 s at 4, 18 s at 6, 19 s at 8.
PARALLEL_TASKS = 6

TALKATIVE_LOGGERS = ("http.access", "airflow.api_fastapi.execution_api", "airflow.jobs.scheduler_job_runner")


def airflow_home() -> Path:
    """Airflow's own folder."""
    return settings.home() / "airflow"


def passwords_file() -> Path:
    """The web page's passwords; made before the first start so that Airflow never prints them."""
    return airflow_home() / "passwords.json"


def password(user: str) -> str:
    """The password of a user of the web page."""
    return credentials.ensure("airflow", f"user {user}")


def token_key() -> str:
    """The key that signs the log-ins of people and tasks."""
    return _key("token key", 64)


def base_url() -> str:
    """The address of the web page and the REST interface."""
    return f"http://{HOST}:{_port_file_content()}"


def write() -> str:
    """Write the configuration file; return a mark that changes when any of it does."""
    airflow_home().mkdir(parents=True, exist_ok=True)
    credentials.write_private(passwords_file(), json.dumps({user: password(user) for user in USERS}) + "\n")
    parser = configparser.RawConfigParser()
    parser.read_dict(_options())
    text = StringIO()
    parser.write(text)
    credentials.write_private(airflow_home() / "airflow.cfg", text.getvalue().replace("%", "%%"))
    return text.getvalue()


def choose_port() -> None:
    """Remember a free port for the web page: the same as before where nothing else took it."""
    port = _port_file_content()
    if not port or not is_free(int(port)):
        credentials.write_private(_port_file(), f"{free_port()}\n")


def environment() -> dict[str, str]:
    """The environment of every service and of any `airflow` command."""
    programs = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": os.pathsep.join([programs, os.environ.get("PATH", "")]),
        "AIRFLOW_HOME": str(airflow_home()),
        "SHANHAI_HOME": str(settings.home()),
        # Nothing that runs here reports anything to anyone.
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_NO_VERSION_CHECK": "1",
        # The services speak to each other on loopback, whatever proxy the machine has.
        "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY"), HOST, "localhost"])),
        "no_proxy": ",".join(filter(None, [os.environ.get("no_proxy"), HOST, "localhost"])),
        # Threads that exist before a fork are lost in the child; numerical libraries start theirs on import.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _options() -> dict[str, dict[str, str]]:
    logs = settings.home() / "logs"
    url = base_url()
    return {
        "core": {
            "dags_folder": str(settings.DAGS),
            "plugins_folder": str(airflow_home() / "plugins"),
            "load_examples": "False",
            "executor": "LocalExecutor",
            "parallelism": str(PARALLEL_TASKS),
            "max_active_tasks_per_dag": str(PARALLEL_TASKS),
            "dags_are_paused_at_creation": "False",
            "default_timezone": "Asia/Shanghai",
            "hostname_callable": "socket.gethostname",
            "execution_api_server_url": f"{url}/execution/",
            "simple_auth_manager_users": ",".join(f"{user}:{role}" for user, role in USERS.items()),
            "simple_auth_manager_passwords_file": str(passwords_file()),
            "fernet_key": _key("fernet key", 32),
        },
        "database": {"sql_alchemy_conn": settings.airflow_metadata_url().render_as_string(hide_password=False)},
        "api": {
            "host": HOST,
            "port": _port_file_content(),
            "base_url": url,
            "workers": "1",
            "secret_key": _key("session key", 32),
            "instance_name": "山海仓 shanhai",
        },
        "api_auth": {"jwt_secret": token_key()},
        "scheduler": {
            "enable_health_check": "False",
            "scheduler_idle_sleep_time": "0.2",
            "max_tis_per_query": "32",
            # What a killed scheduler was running is taken up this soon after it is known to be dead (30 s without a
            # heartbeat); by default, only after five minutes.
            "orphaned_tasks_check_interval": "30",
        },
        "dag_processor": {"refresh_interval": "10", "min_file_process_interval": "10", "parsing_processes": "1"},
        "logging": {
            "base_log_folder": str(logs / "tasks"),
            "dag_processor_child_process_log_directory": str(logs / "dag_processor"),
            "colored_console_log": "False",
            # A line for each request and each change of a task's state costs a tenth of all the work of a short task.
            "namespace_levels": " ".join(f"{name}=WARNING" for name in TALKATIVE_LOGGERS),
        },
        # A task's supervisor sleeps this long when the task's last output arrives a moment before its end; with the
        # default of 5 s every third short task held its place for five seconds after it had finished.
        "workers": {"min_heartbeat_interval": "1"},
        "usage_data_collection": {"enabled": "False"},
    }


def _key(name: str, size: int) -> str:
    """A key of so many random bytes in the alphabet Airflow expects, made once."""
    return credentials.ensure("airflow", name, lambda: base64.urlsafe_b64encode(secrets.token_bytes(size)).decode())


def _port_file() -> Path:
    return airflow_home() / "port"


def _port_file_content() -> str:
    try:
        return _port_file().read_text("ascii").strip()
    except FileNotFoundError:
        return ""
