"""Tokens of systems that push: told once, kept as keyed hashes."""

import datetime as dt
import json
import secrets
from collections.abc import Collection

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import ApiToken, Scope, TokenId
from db.secrets import Keyring
from db.tables import api_tokens

PREFIX = "motcua_"
"""How every token begins, so that scanners for leaked secrets can know one."""

_BYTES = 32  # 256 bits


class ApiTokens:
    """The store of tokens in one transaction. Rows stay after they are revoked."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    async def make(
        self,
        name: str,
        *,
        scopes: Collection[Scope],
        now: dt.datetime,
        expires_at: dt.datetime | None = None,
    ) -> str:
        """A new token, told this once; only its keyed hash is kept."""
        token = PREFIX + secrets.token_urlsafe(_BYTES)
        await self._connection.execute(
            insert(api_tokens).values(
                name=name,
                token_hash=self._keyring.hash("token", token),
                scopes=json.dumps(sorted(scopes)),
                made_at=now,
                expires_at=expires_at,
            )
        )
        return token

    async def find(self, token: str, now: dt.datetime) -> ApiToken | None:
        """The good token that this is; None for unknown, revoked and expired ones alike.

        One query by keyed hash, whatever is asked for: nobody can choose what is compared.
        """
        hashes = self._keyring.hashes("token", token)
        query = select(api_tokens).where(api_tokens.c.token_hash.in_(hashes))
        row = (await self._connection.execute(query)).mappings().first()
        found = _to_token(row) if row else None
        return found if found and found.is_good(now) else None

    async def all(self) -> tuple[ApiToken, ...]:
        """Every token that was ever made, oldest first."""
        query = select(api_tokens).order_by(api_tokens.c.id)
        rows = (await self._connection.execute(query)).mappings()
        return tuple(_to_token(row) for row in rows)

    async def revoke(self, token_id: TokenId, now: dt.datetime) -> bool:
        """End a token at once; False when there is none that was not revoked before."""
        result = await self._connection.execute(
            update(api_tokens)
            .where(api_tokens.c.id == token_id, api_tokens.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        return int(result.rowcount) == 1


def _to_token(row: RowMapping) -> ApiToken:
    known = {scope.value for scope in Scope}
    return ApiToken(
        id=TokenId(row["id"]),
        name=row["name"],
        scopes=frozenset(Scope(scope) for scope in json.loads(row["scopes"]) if scope in known),
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
