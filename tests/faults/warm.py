"""What every process that meets a fault imports; imported once, before they are forked."""

import great_expectations as gx
import great_expectations.expectations
import pytest  # noqa: F401
from dbt.adapters.postgres import connections  # noqa: F401
from dbt.cli.main import dbtRunner  # noqa: F401

from shanhai import load, validate  # noqa: F401
from shanhai.library import Library
from shanhai.platform import postgres  # noqa: F401
from shanhai.release import promotion  # noqa: F401

gx.get_context(mode="ephemeral")
Library.open().register  # noqa: B018
