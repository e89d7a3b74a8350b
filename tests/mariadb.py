"""A MariaDB server for the tests: a given one, or a private one; with --install, fetch Debian's."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_START_SECONDS = 60.0
_INSTALL_SECONDS = 420
_PLACES = ("/usr/sbin", "/usr/local/sbin")
"""Where Debian keeps servers; not on everybody's PATH."""


class NoMariaDb(Exception):  # noqa: N818 - a reason for skipping, in words
    """Why there is no MariaDB to test with."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that may create databases: `TEST_MARIADB_URL`, or a private one.

    The private one listens on a unix socket in a temporary folder, does not wait for the disk,
    and is gone afterwards. Raises NoMariaDb with the reason where none can be had.
    """
    given = os.environ.get("TEST_MARIADB_URL")
    if given:
        yield given
        return
    programs = find_mariadb()
    if programs is None:
        raise NoMariaDb(
            "no MariaDB: set TEST_MARIADB_URL, or install a server "
            "(mariadbd and mariadb-install-db; Debian: mariadb-server-core)"
        )
    installer, daemon = programs
    folder = Path(tempfile.mkdtemp(prefix="motcua-maria-", dir=_short_temporary_folder()))
    user = "nobody" if os.geteuid() == 0 else None
    process: subprocess.Popen[bytes] | None = None
    try:
        folder.chmod(0o755)
        data, socket = folder / "data", folder / "socket"
        data.mkdir(mode=0o700)
        if user:
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            os.chown(data, entry.pw_uid, entry.pw_gid)
        _prepare(installer, data, user, folder)
        options = ["--no-defaults", f"--datadir={data}", f"--socket={socket}",
                   f"--pid-file={folder / 'pid'}", "--skip-networking",
                   "--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=0",
                   "--skip-log-bin", "--innodb-buffer-pool-size=128M"]  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [daemon, *options], user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=log
            )
        _wait(socket, process, folder / "log")
        yield f"mysql+pymysql://root@localhost/?unix_socket={socket}&charset=utf8mb4"
    finally:
        if process is not None:
            process.terminate()
            process.wait(_START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def find_mariadb() -> tuple[str, str] | None:
    """The programs that prepare a data folder and serve it, or None."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *_PLACES))
    installer = shutil.which("mariadb-install-db", path=path)
    daemon = shutil.which("mariadbd", path=path)
    return (installer, daemon) if installer and daemon else None


def install() -> str:
    """Try to install one; say in one line what came of it. Never fails."""
    known = find_mariadb()
    if known:
        return f"MariaDB: {known[1]}"
    if shutil.which("apt-get") is None:
        return "No MariaDB and no apt-get: its tests will be skipped."
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for command in (
        ["apt-get", "update", "-qq"],
        [
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "mariadb-server-core",
            "mariadb-client-core",
        ],
    ):
        try:
            subprocess.run(
                [*prefix, *command],
                check=True,
                timeout=_INSTALL_SECONDS,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
        except (OSError, subprocess.SubprocessError):
            break
    found = find_mariadb()
    if found:
        return f"MariaDB: installed {found[1]}"
    return "No MariaDB could be installed: its tests will be skipped."


def _prepare(installer: str, data: Path, user: str | None, folder: Path) -> None:
    done = subprocess.run(
        [installer, "--no-defaults", f"--datadir={data}", "--skip-test-db",
         "--auth-root-authentication-method=normal"],
        user=user, cwd=folder, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        told = (done.stderr or done.stdout).decode(errors="replace").strip()[-300:]
        raise NoMariaDb(f"mariadb-install-db failed: {told}")


def _short_temporary_folder() -> str:
    """A unix socket's path may have about 100 characters."""
    folder = tempfile.gettempdir()
    return folder if len(folder) < 60 else "/tmp"


def _wait(socket: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if socket.exists() and "ready for connections" in log.read_text(errors="replace"):
            return
        time.sleep(0.05)
    raise NoMariaDb(f"MariaDB did not start: {log.read_text(errors='replace').strip()[-300:]}")


if __name__ == "__main__":
    sys.stdout.write((install() if "--install" in sys.argv else str(find_mariadb())) + "\n")
