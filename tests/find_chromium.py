"""Find a headless Chromium for the page tests; with --install, fetch Debian's where it can be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
_PACKAGES = (("chromium",), ("chromium-headless-shell",))
_SECONDS = 420

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""For a browser that runs as root and must not look for anything outside."""


def find_chromium() -> Path | None:
    """A Chromium: the one named in CHROMIUM, or one on the PATH, or None."""
    named = os.environ.get("CHROMIUM")
    found = (named, *(shutil.which(name) for name in _NAMES))
    return next((Path(path) for path in found if path and os.access(path, os.X_OK)), None)


def install() -> str:
    """Try to install one; say in one line what came of it. Never fails."""
    known = find_chromium()
    if known:
        return f"Chromium: {known}"
    if shutil.which("apt-get") is None:
        return "No Chromium and no apt-get: the page tests will be skipped."
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for packages in _PACKAGES:
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        ):
            try:
                subprocess.run(
                    [*prefix, *command],
                    check=True,
                    timeout=_SECONDS,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                )
            except (OSError, subprocess.SubprocessError):
                break
        found = find_chromium()
        if found:
            return f"Chromium: installed {found}"
    return "No Chromium could be installed: the page tests will be skipped."


if __name__ == "__main__":
    sys.stdout.write((install() if "--install" in sys.argv else str(find_chromium())) + "\n")
