"""Fetching pictures: from Zalo's hosts alone, within a size, following nothing."""

import pytest

from bot.channels.base import Picture
from bot.channels.zalo.account import IMAGE_HOSTS
from bot.channels.zalo.pictures import fetch, is_allowed
from tests.bot.channels.zalo.conftest import Played


async def _hosted(played: Played, content: bytes) -> str:
    await played.fake.person().picture(content)
    return f"{played.fake.url}/media/{list(played.fake.world.media)[-1]}"


async def test_a_picture_is_fetched_without_the_token(played: Played) -> None:
    url = await _hosted(played, b"jpeg" * 1000)
    assert await played.channel.fetch(Picture(reference=url)) == b"jpeg" * 1000
    (call,) = played.fake.calls_to("media")
    assert "access_token" not in call.headers


async def test_a_picture_that_is_gone_is_none(played: Played) -> None:
    assert await played.channel.fetch(Picture(reference=f"{played.fake.url}/media/no")) is None


async def test_too_large_a_picture_is_none(played: Played) -> None:
    url = await _hosted(played, b"x" * 200_000)
    hosts = played.account.image_hosts
    assert await fetch(played.session, url, hosts, largest=199_999) is None
    assert await fetch(played.session, url, hosts, largest=200_000) is not None


async def test_a_redirect_is_not_followed(played: Played) -> None:
    url = (await _hosted(played, b"jpeg")).replace("/media/", "/moved/")
    assert await played.channel.fetch(Picture(reference=url)) is None
    assert played.fake.calls_to("media") == []


@pytest.mark.parametrize(
    "url", ["https://f21-zpc.zdn.vn/a.jpg", "https://zdn.vn/a", "https://a.b.zadn.vn:443/x?y=z"]
)
def test_zalo_s_hosts_are_allowed(url: str) -> None:
    assert is_allowed(url, IMAGE_HOSTS)


@pytest.mark.parametrize(
    "url",
    ["http://f21-zpc.zdn.vn/a.jpg", "https://zdn.vn.evil.vn/a", "https://evilzdn.vn/a",
     "https://zdn.vn@127.0.0.1/a", "https://127.0.0.1/a", "https://[::1]/a", "file:///etc/passwd",
     "https://zdn.vn:8443/a", "https://evil.vn\\\\.zdn.vn/a", "https://zdn.vn:x/", "", "zdn.vn",
     "https://169.254.169.254/latest", "gopher://zdn.vn/", "https://[zdn.vn"],
)  # fmt: skip
async def test_nowhere_else_is_asked(played: Played, url: str) -> None:
    assert not is_allowed(url, IMAGE_HOSTS)
    assert await played.channel.fetch(Picture(reference=url)) is None
