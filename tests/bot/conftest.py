"""Fixtures for commands: `motcua` as a real process over a data folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
MOTCUA = str(Path(sys.executable).parent / "motcua")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    return {**kept, "MOTCUA_DATA": str(tmp_path / "var"), "PYTHONWARNINGS": "default"}


@pytest.fixture
def motcua(environment: dict[str, str], tmp_path: Path) -> Run:
    def run(
        *arguments: str | Path, text: str | None = None, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [MOTCUA, *map(str, arguments)],
            cwd=tmp_path,
            env={**environment, **settings},
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
