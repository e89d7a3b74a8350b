"""`motcua sources`, and sources in `motcua check` and `motcua serve`: as real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db.sources.mapping_file import shipped_mapping
from tests.fakes.others import PLAIN, PLAIN_SQL, Others, code, on_sqlite, plain_row

Run = Callable[..., subprocess.CompletedProcess[str]]
MOTCUA = str(Path(sys.executable).parent / "motcua")


@pytest.fixture
def others(tmp_path: Path) -> Others:
    """A source with a folder of mappings that names it."""
    others = on_sqlite(tmp_path, PLAIN_SQL)
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "plain.toml").write_text(PLAIN, "utf-8")
    (folder / "plain.url").write_text(str(others.url), "utf-8")
    others.add("ho_so", plain_row(1), plain_row(2, status="lạ"))
    return others


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    ours = {"MOTCUA_DATA": str(tmp_path / "var"), "MOTCUA_SOURCES": str(tmp_path / "sources")}
    return {**kept, **ours, "MOTCUA_PORT": "0", "COLUMNS": "200"}


@pytest.fixture
def motcua(environment: dict[str, str], tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [MOTCUA, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_check_and_sync_say_what_is_there_and_what_is_not(motcua: Run, others: Others) -> None:
    checked = motcua("sources", "check")
    assert (checked.returncode, checked.stdout) == (0, "plain: can be read.\n")
    read = motcua("sources", "sync")
    assert read.returncode == 0
    assert "plain: 2 rows read, 1 dossiers kept" in read.stdout
    assert "row 2: no status rule fits trang_thai 'lạ'" in read.stdout
    assert "Đăng ký khai sinh" in motcua("dossiers", "show", code(1)).stdout
    others.execute("ALTER TABLE ho_so DROP COLUMN chu")
    checked = motcua("sources", "check")
    assert checked.returncode == 1
    assert "plain: The table ho_so has no column chu." in checked.stdout
    failed = motcua("sources", "sync")
    assert failed.returncode == 1
    assert "Not read: plain." in failed.stderr
    state = motcua("check").stdout
    assert "source plain" in state
    assert "last look failed: The table ho_so has no column chu." in " ".join(state.split())


def test_reading_again_brings_what_a_corrected_mapping_understands(
    motcua: Run, others: Others, tmp_path: Path
) -> None:
    motcua("sources", "sync")
    mapping = tmp_path / "sources" / "plain.toml"
    mapping.write_text(PLAIN.replace('["nhan"]', '["nhan", "lạ"]', 1), "utf-8")
    assert "plain: 2 rows read, 2 dossiers kept" in motcua("sources", "sync", "--again").stdout


def test_a_mapping_that_ships_is_printed_as_it_is(motcua: Run) -> None:
    assert motcua("sources", "mapping", "epar").stdout == shipped_mapping("epar")
    assert motcua("sources", "mapping", "oracle").returncode == 2


def test_no_sources_and_wrong_mappings_are_refused(
    motcua: Run, environment: dict[str, str], others: Others, tmp_path: Path
) -> None:
    (tmp_path / "sources" / "plain.url").unlink()
    for command in (("sources", "check"), ("serve",), ("check",)):
        refused = motcua(*command)
        assert refused.returncode == 1, command
        assert "plain.url cannot be read" in refused.stderr
    del environment["MOTCUA_SOURCES"]
    assert "There are no sources." in motcua("sources", "sync").stderr


def test_a_server_reads_its_sources_and_stops_at_once(
    environment: dict[str, str], motcua: Run, others: Others, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [MOTCUA, "serve"], cwd=tmp_path, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while code(1) not in motcua("dossiers", "show", code(1)).stdout:
            assert time.monotonic() < deadline, "the source was not read"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_source_that_never_answers_does_not_keep_a_server_from_stopping(
    environment: dict[str, str], others: Others, tmp_path: Path
) -> None:
    patient = PLAIN.replace("_seconds = 2\n", "_seconds = 60\n")
    (tmp_path / "sources" / "plain.toml").write_text(patient, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"mysql://reader:word@127.0.0.1:{listener.getsockname()[1]}/epar"
        (tmp_path / "sources" / "plain.url").write_text(url, "utf-8")
        process = subprocess.Popen(
            [MOTCUA, "serve"], cwd=tmp_path, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            listener.settimeout(60)
            connection, _ = listener.accept()
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            connection.close()
        finally:
            process.kill()
            process.communicate()
