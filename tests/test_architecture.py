"""What must hold of the project itself: its arrows, its documents, its locks."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_holds_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    pinned = re.findall(r"^[a-z0-9][^\n]*==", text, re.MULTILINE)
    assert pinned
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text
    assert "--index-url" not in text


def test_every_adr_is_numbered_and_has_a_status() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [path.name[:4] for path in records] == [
        f"{number:04d}" for number in range(1, len(records) + 1)
    ]


def test_every_command_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in (
        "make run",
        "make test",
        "make check",
        "make bench",
        "motcua serve",
        "motcua ask",
        "motcua chat",
        "motcua evaluate",
        "motcua catalogue import",
        "motcua catalogue lint",
        "motcua catalogue diff",
        "motcua catalogue export",
        "motcua dossiers import",
        "motcua demo",
        "motcua db upgrade",
        "motcua check",
        "motcua pair",
        "motcua receipt",
        "motcua report",
        "motcua simulate",
        "motcua sources",
        "motcua telegram",
        "motcua token",
        "motcua zalo",
        "motcua inbox",
    ):
        assert command in readme, command


def test_every_link_of_the_readme_leads_somewhere() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", readme):
        if "://" not in target:
            assert (ROOT / target).exists(), target
