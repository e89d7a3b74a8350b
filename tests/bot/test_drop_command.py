"""Dropped files by the real command and the real server."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.bot.conftest import MOTCUA, Run
from tests.bot.dropping import files


def test_watching_once_imports_and_tells(motcua: Run, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "good.csv").write_bytes(files.csv(files.ROW))
    (folder / "bad.csv").write_bytes(files.csv("H48,a,b,4"))
    done = motcua("dossiers", "watch", folder, "--once")
    assert done.returncode == 1
    assert "1 dossiers imported from good.csv" in done.stdout
    assert "bad.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Đang xử lý" in motcua("dossiers", "show", files.CODE).stdout


def test_the_server_imports_what_is_dropped_and_stops_when_told(
    environment: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "drop"
    process = subprocess.Popen(
        [MOTCUA, "serve"],
        cwd=tmp_path,
        env={**environment, "MOTCUA_PORT": "0", "MOTCUA_DROP": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert "http://" in next(line for line in process.stdout if "http://" in line)
    (folder / "d.csv").write_bytes(files.csv(files.ROW))
    until = time.monotonic() + 30
    while not (folder / "done" / "d.csv").exists() and time.monotonic() < until:
        time.sleep(0.2)
    os.kill(process.pid, signal.SIGTERM)
    process.stdout.close()
    assert process.wait(timeout=10) == 0
    assert (folder / "done" / "d.csv").exists()
