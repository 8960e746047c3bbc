"""The command line over the libraries that tests make."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from shanhai.cli import app
from shanhai.library import Library

Run = Callable[..., Result]


@pytest.fixture
def shanhai(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `shanhai <arguments>` on a library, in a wide terminal without colours."""

    def run(library: Library, *arguments: object, **options: object) -> Result:
        monkeypatch.setattr(Library, "open", classmethod(lambda cls: library))
        return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False, **options)  # type: ignore[arg-type]

    return run
