"""Where things are, and which Postgres server is used; nothing else in the package knows either."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import URL, make_url

from shanhai import credentials

Role = Literal["owner", "pipeline", "engineer", "auditor", "reader"]
ROLES: tuple[Role, ...] = get_args(Role)

WAREHOUSE_DATABASE = "warehouse"
AIRFLOW_DATABASE = "airflow"
EMBEDDED = "embedded"


class SettingsError(RuntimeError):
    """Something a person has to set is missing or cannot be read."""


def _project_root() -> Path:
    """The checkout; an image that installs the package elsewhere names it in SHANHAI_PROJECT_ROOT."""
    given = os.environ.get("SHANHAI_PROJECT_ROOT")
    return Path(given).resolve() if given else Path(__file__).resolve().parents[2]


PROJECT_ROOT = _project_root()
PUBLISHED = PROJECT_ROOT / "include" / "published"
SOURCES = PROJECT_ROOT / "include" / "sources"
EXPECTATIONS = PROJECT_ROOT / "expectations"
AUDIT = PROJECT_ROOT / "include" / "audit"
DBT_PROJECT = PROJECT_ROOT / "dbt_project"
DAGS = PROJECT_ROOT / "dags"
LOCK_FILE = PROJECT_ROOT / "requirements.lock"


def home() -> Path:
    """The one folder that holds everything a run makes: SHANHAI_HOME, or var/ in the project."""
    given = os.environ.get("SHANHAI_HOME")
    return Path(given).resolve() if given else PROJECT_ROOT / "var"


def archive_address() -> str:
    """The content-addressed archive: SHANHAI_ARCHIVE (file://, memory://, s3:// …), or a folder of the home folder."""
    return os.environ.get("SHANHAI_ARCHIVE") or (home() / "archive").as_uri()


def signing_key_file() -> Path:
    """The private key of this installation: SHANHAI_SIGNING_KEY, or a file of the home folder; never in the tree."""
    given = os.environ.get("SHANHAI_SIGNING_KEY")
    return Path(given).resolve() if given else home() / "signing_key.pem"


def embedded_address_file() -> Path:
    """Where the embedded server writes the host and port it listens on."""
    return home() / "postgres.json"


def uses_embedded_server() -> bool:
    """True when no address of a real server is given in the environment."""
    return not (os.environ.get("SHANHAI_DATABASE_URL") or os.environ.get("AIRFLOW_CONN_SHANHAI_WAREHOUSE"))


def server_address() -> URL:
    """The administrative address: SHANHAI_DATABASE_URL, else the Airflow connection, else the embedded server."""
    if given := os.environ.get("SHANHAI_DATABASE_URL"):
        return make_url(given).set(drivername="postgresql+psycopg")
    if connection := os.environ.get("AIRFLOW_CONN_SHANHAI_WAREHOUSE"):
        return _from_airflow_connection(connection)
    return embedded_address(WAREHOUSE_DATABASE, "postgres")


def embedded_address(database: str, user: str) -> URL:
    """The address of one database of the embedded server; raises SettingsError before its first start."""
    try:
        address = json.loads(embedded_address_file().read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            "no database server: start one with `make up` or `make run`, or set SHANHAI_DATABASE_URL. "
            "没有数据库服务器：请先运行 make up 或 make run，或设置 SHANHAI_DATABASE_URL。"
        ) from None
    return URL.create(
        "postgresql+psycopg",
        username=user,
        password=credentials.read(EMBEDDED, user),
        host=address["host"],
        port=address["port"],
        database=database,
    )


def _from_airflow_connection(connection: str) -> URL:
    """Read an Airflow connection in either of its spellings, URI or JSON."""
    if not connection.lstrip().startswith("{"):
        return make_url(connection).set(drivername="postgresql+psycopg")
    fields = json.loads(connection)
    return URL.create(
        "postgresql+psycopg",
        username=fields.get("login"),
        password=fields.get("password"),
        host=fields.get("host"),
        port=fields.get("port"),
        database=fields.get("schema"),
    )


def _server_key() -> str:
    """Names the server in the credentials file, so that passwords of one are never tried on another."""
    if uses_embedded_server():
        return EMBEDDED
    address = server_address()
    return f"{address.host or 'localhost'}:{address.port or 5432}/{address.database or ''}"


def role_name(role: Role) -> str:
    """The database account of a role."""
    return f"shanhai_{role}"


def role_password(role: Role) -> str | None:
    """The password known for a role on this server: SHANHAI_<ROLE>_PASSWORD, else the credentials file, else None."""
    return os.environ.get(f"SHANHAI_{role.upper()}_PASSWORD") or credentials.read(_server_key(), role_name(role))


def ensure_role_password(role: Role) -> str:
    """The password of a role, made and stored first where none is known; called by whoever creates the account."""
    return role_password(role) or credentials.ensure(_server_key(), role_name(role))


def warehouse_url(role: Role = "pipeline") -> URL:
    """The warehouse as seen by one role; without credentials for it, the address as given."""
    if role not in ROLES:
        raise SettingsError(f"no such role: {role}; there are {', '.join(ROLES)}")
    address = server_address()
    password = role_password(role)
    return address.set(username=role_name(role), password=password) if password else address


def airflow_metadata_url() -> URL:
    """Airflow's own database: SHANHAI_AIRFLOW_DATABASE_URL, else database `airflow` on the warehouse's server."""
    if given := os.environ.get("SHANHAI_AIRFLOW_DATABASE_URL"):
        address = make_url(given)
    elif uses_embedded_server():
        address = embedded_address(AIRFLOW_DATABASE, AIRFLOW_DATABASE)
    else:
        address = server_address().set(database=AIRFLOW_DATABASE)
    # Airflow derives its asynchronous driver from this one; a bare postgresql:// would mean psycopg 3.
    return address.set(drivername="postgresql+psycopg2")
