"""Setting the account up: the first pair of tokens, and whether everything is in place."""

import datetime as dt
from dataclasses import dataclass

from bot.channels.base import Refused, RetryAfter, Unknown
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.api import Answered, NoAnswer
from bot.channels.zalo.errors import errors
from bot.channels.zalo.oauth import Declined, Granted, Lost, Unreached, ZaloOAuth
from bot.channels.zalo.renewal import pair_of, warnings_of
from bot.channels.zalo.sender import ZaloSender
from bot.channels.zalo.tokens import CHANNEL
from bot.errors import Refusal
from db.channel_tokens import KeptTokens, TokenPair
from db.engine import Database

ACCESS_LIFE = dt.timedelta(hours=25)
REFRESH_LIFE = dt.timedelta(days=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One plain sentence; `is_well` False where something has to be mended."""

    is_well: bool
    text: str


async def authorise(
    database: Database, oauth: ZaloOAuth, *, code: str, verifier: str, now: dt.datetime
) -> None:
    """Spend an authorisation code for the first pair, or for a new one after a loss.

    The code is ten minutes good; its link is made in Zalo's console, together with the verifier.
    Raises Refusal with one sentence.
    """
    match await oauth.exchange(code, verifier):
        case Granted() as granted:
            async with database.unit() as unit:
                await unit.channel_tokens.put(CHANNEL, pair_of(granted, now))
                await unit.commit()
        case Declined(why=why):
            raise Refusal(
                f"Zalo does not take the authorisation code ({why}). Codes are good for ten "
                "minutes and once, and belong to the verifier beside the link in Zalo's console: "
                "open the link again and give both."
            )
        case Unreached(why=why):
            raise Refusal(f"Zalo was not reached ({why}). Check the network and try again.")
        case Lost(why=why):
            raise Refusal(
                f"Zalo's answer was lost ({why}). The code may be spent: open the link in Zalo's "
                "console again for another one."
            )


async def put_in(database: Database, *, access: str, refresh: str, now: dt.datetime) -> None:
    """Keep a pair that was copied from Zalo's console just now. Raises Refusal when one is empty.

    How old they are cannot be seen: they count as new, and a renewal sets it right.
    """
    if not access.strip() or not refresh.strip():
        raise Refusal("Both tokens are needed: the access token and the refresh token.")
    pair = TokenPair(
        access=access.strip(),
        access_until=now + ACCESS_LIFE,
        refresh=refresh.strip(),
        refresh_until=now + REFRESH_LIFE,
        got_at=now,
    )
    async with database.unit() as unit:
        await unit.channel_tokens.put(CHANNEL, pair)
        await unit.commit()


async def verify(
    account: ZaloAccount, database: Database, sender: ZaloSender, now: dt.datetime
) -> list[Finding]:
    """What stands between this office and answering on Zalo."""
    findings = [_secret(account), *_empty(account)]
    async with database.unit() as unit:
        kept = await unit.channel_tokens.load(CHANNEL)
    troubles = warnings_of(kept, now)
    findings += [Finding(is_well=False, text=text) for text in troubles]
    if kept is None:
        return findings
    if not troubles:
        findings.append(_age(kept, now))
    findings += _profile(account, await sender.profile())
    return findings


def _secret(account: ZaloAccount) -> Finding:
    if account.oa_secret.get_secret_value():
        return Finding(is_well=True, text="The webhook's secret is set.")
    return Finding(
        is_well=False,
        text="The webhook's secret is empty, so every event is refused. Copy the OA secret key "
        "from the webhook page of Zalo's console into ZALO_OA_SECRET.",
    )


def _empty(account: ZaloAccount) -> list[Finding]:
    wanted = {
        "ZALO_APP_SECRET": (account.app_secret.get_secret_value(), "no token can be renewed"),
        "ZALO_OA_ID": (account.oa_id, "nobody sees whose tokens these are"),
    }
    return [
        Finding(is_well=False, text=f"{name} is empty, so {follows}. Zalo's console shows it.")
        for name, (value, follows) in wanted.items()
        if not value
    ]


def _age(kept: KeptTokens, now: dt.datetime) -> Finding:
    hours = (now - kept.pair.got_at).total_seconds() / 3600
    return Finding(
        is_well=True,
        text=f"The access token is {hours:.1f} hours old; the refresh token is good until "
        f"{kept.pair.refresh_until:%d/%m/%Y}.",
    )


def _profile(account: ZaloAccount, answer: Answered | NoAnswer) -> list[Finding]:
    match answer:
        case Answered(error=0, data=dict(data)):
            name, known = str(data.get("name", "")), str(data.get("oa_id") or data.get("oaid", ""))
            if known and account.oa_id and known != account.oa_id:
                text = (
                    f"The tokens belong to the Official Account {known} ({name}), but ZALO_OA_ID "
                    f"is {account.oa_id}. Authorise the right account, or mend the setting."
                )
                return [Finding(is_well=False, text=text)]
            return [Finding(is_well=True, text=f"Zalo knows the account as “{name}”.")]
        case Answered(error=0):
            return [Finding(is_well=True, text="Zalo answers.")]
        case Answered(error=code):
            listed = errors().get(code)
            meaning = listed.meaning if listed else "which is not documented"
            return [Finding(is_well=False, text=f"Zalo refuses the account: {code}, {meaning}.")]
        case NoAnswer(outcome=Refused(reason=reason) | RetryAfter(reason=reason)):
            return [Finding(is_well=False, text=f"Zalo did not answer: {reason}.")]
        case NoAnswer(outcome=Unknown(reason=reason)):
            return [Finding(is_well=False, text=f"Zalo did not answer: {reason}.")]
    return []
