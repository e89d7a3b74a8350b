"""Fetching the pictures that people sent, from Zalo's own hosts and from nowhere else."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp
import structlog

LARGEST = 10 * 1024 * 1024
"""Bytes of one picture; a photo of a phone has two to six million."""

_TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5)
_log = structlog.get_logger()


async def fetch(
    session: aiohttp.ClientSession, url: str, hosts: Sequence[str], largest: int = LARGEST
) -> bytes | None:
    """The bytes, or None when they cannot be had, are too many, or lie elsewhere. Never raises.

    The address came from outside, so it may not lead into the office's own network: https, a host
    of the list, the usual port, no redirect. The access token is not sent along.
    """
    if not is_allowed(url, hosts):
        _log.warning("A picture lies on a host that is not Zalo's.", action="zalo_picture")
        return None
    try:
        async with session.get(url, timeout=_TIMEOUT, allow_redirects=False) as response:
            if response.status != 200:
                _log.warning(
                    "A picture was not had.", action="zalo_picture", status=response.status
                )
                return None
            return await _read(response, largest)
    except (TimeoutError, aiohttp.ClientError, ValueError, UnicodeError) as error:
        _log.warning("A picture was not had.", action="zalo_picture", reason=type(error).__name__)
        return None


def is_allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether an address is one of Zalo's; an entry with a scheme allows exactly that origin."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or "\\" in url:
        return False
    if f"{parts.scheme}://{parts.netloc}" in hosts:
        return True
    host = (parts.hostname or "").rstrip(".")
    is_zalo = any(host == one or host.endswith(f".{one}") for one in hosts if "://" not in one)
    return parts.scheme == "https" and port in {None, 443} and is_zalo


async def _read(response: aiohttp.ClientResponse, largest: int) -> bytes | None:
    """The body unless it grows too large, whatever its header promises."""
    taken = bytearray()
    async for part in response.content.iter_chunked(64 * 1024):
        taken += part
        if len(taken) > largest:
            _log.warning("A picture is too large.", action="zalo_picture")
            return None
    return bytes(taken)
