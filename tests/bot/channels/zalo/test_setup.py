"""Setting an account up, and what `verify` says is missing."""

from dataclasses import replace

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from pydantic import SecretStr

from bot.channels.base import Sent
from bot.channels.zalo.oauth import ZaloOAuth
from bot.channels.zalo.setup import Finding, authorise, put_in, verify
from bot.errors import Refusal
from bot.simulation.zalo import LAN, Fault
from tests.bot.channels.zalo.conftest import Played


async def _authorise(played: Played, code: str, verifier: str = "v" * 43) -> None:
    oauth = ZaloOAuth(played.session, played.account)
    now = played.clock()
    await authorise(played.database, oauth, code=code, verifier=verifier, now=now)


async def _verify(played: Played) -> list[Finding]:
    now = played.clock()
    return await verify(played.account, played.database, played.channel.sender, now)


async def _complaints(played: Played) -> list[str]:
    return [finding.text for finding in await _verify(played) if not finding.is_well]


async def test_a_code_gives_the_first_pair(bare: Played) -> None:
    await bare.fake.person().follow()
    await _authorise(bare, bare.fake.grants.give_code("v" * 43))
    assert isinstance(await bare.channel.send(LAN, {"text": "a"}, is_repeat=False), Sent)


async def test_a_new_code_mends_a_spent_pair(played: Played) -> None:
    played.clock.wait(hours=20)
    played.fake.fail("access_token", Fault(lost=True))
    await played.channel.tokens.current(played.clock())
    played.clock.wait(minutes=2)
    await played.channel.tokens.current(played.clock())
    assert "spent" in (await _complaints(played))[0]
    await _authorise(played, played.fake.grants.give_code("v" * 43))
    played.clock.wait(seconds=2)
    assert await _complaints(played) == []
    assert (await played.kept()).number == 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(error=-14003), "does not take the authorisation code"),
        (Fault(lost=True), "answer was lost"),
        (Fault(status=502), "answer was lost"),
    ],
)
async def test_a_code_that_gives_nothing_says_what_to_do(
    played: Played, fault: Fault, said: str
) -> None:
    before = (await played.kept()).pair
    played.fake.fail("access_token", fault)
    with pytest.raises(Refusal, match=said):
        await _authorise(played, played.fake.grants.give_code("v" * 43))
    assert (await played.kept()).pair == before


async def test_a_network_that_is_away_says_so(bare: Played) -> None:
    account = replace(bare.account, oauth_url=f"http://127.0.0.1:{unused_port()}")
    async with aiohttp.ClientSession() as session:
        oauth = ZaloOAuth(session, account)
        with pytest.raises(Refusal, match="not reached"):
            await authorise(bare.database, oauth, code="c", verifier="v", now=bare.clock())


async def test_both_tokens_are_needed(bare: Played) -> None:
    with pytest.raises(Refusal, match="Both tokens"):
        await put_in(bare.database, access="a", refresh=" ", now=bare.clock())


async def test_a_good_account_is_found_good(played: Played) -> None:
    played.clock.wait(hours=2)
    findings = await _verify(played)
    assert all(finding.is_well for finding in findings)
    together = " ".join(finding.text for finding in findings)
    assert "2.0 hours old" in together
    assert "Một cửa" in together


async def test_what_is_missing_is_said_in_plain_sentences(bare: Played) -> None:
    bare.account = replace(bare.account, oa_secret=SecretStr(""))
    webhook, tokens = await _complaints(bare)
    assert "ZALO_OA_SECRET" in webhook
    assert "no tokens" in tokens


async def test_an_empty_secret_of_the_app_is_told_before_the_tokens_end(played: Played) -> None:
    played.account = replace(played.account, app_secret=SecretStr(""), oa_id="")
    secret, account = await _complaints(played)
    assert "ZALO_APP_SECRET is empty, so no token can be renewed" in secret
    assert "ZALO_OA_ID is empty" in account


async def test_tokens_of_another_account_are_noticed(played: Played) -> None:
    played.account = replace(played.account, oa_id="999")
    (complaint,) = await _complaints(played)
    assert "388613280878808645" in complaint
    assert "999" in complaint


@pytest.mark.parametrize(
    ("fault", "said"),
    [(Fault(error=-221), "not verified"), (Fault(status=500), "did not answer"),
     (Fault(error=-98765), "not documented")],
)  # fmt: skip
async def test_a_refused_account_is_told(played: Played, fault: Fault, said: str) -> None:
    played.fake.fail("getoa", fault)
    (complaint,) = await _complaints(played)
    assert said in complaint
