"""One transaction and its stores; rolls back unless committed."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from db.attempts import Attempts
from db.channel_states import ChannelStates
from db.channel_tokens import ChannelTokens
from db.consents import Consents
from db.conversations import Conversations
from db.dossiers import Dossiers
from db.idempotency import Idempotency
from db.inbox import Inbox
from db.organisations import Organisations
from db.outbox import Outbox
from db.pairings import Pairings
from db.revisions import Revisions
from db.secrets import Keyring
from db.source_states import SourceStates
from db.subscriptions import Subscriptions
from db.tokens import ApiTokens


class UnitOfWork:
    """The stores of one transaction. Made by `Database.unit`."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    async def commit(self) -> None:
        """Keep everything done so far."""
        await self._connection.commit()

    @cached_property
    def dossiers(self) -> Dossiers:
        return Dossiers(self._connection, self._keyring)

    @cached_property
    def organisations(self) -> Organisations:
        return Organisations(self._connection)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self._connection)

    @cached_property
    def consents(self) -> Consents:
        return Consents(self._connection)

    @cached_property
    def attempts(self) -> Attempts:
        return Attempts(self._connection)

    @cached_property
    def pairings(self) -> Pairings:
        return Pairings(self._connection, self._keyring)

    @cached_property
    def channel_tokens(self) -> ChannelTokens:
        return ChannelTokens(self._connection, self._keyring)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        return Subscriptions(self._connection)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self._connection)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self._connection)

    @cached_property
    def channels(self) -> ChannelStates:
        return ChannelStates(self._connection)

    @cached_property
    def tokens(self) -> ApiTokens:
        return ApiTokens(self._connection, self._keyring)

    @cached_property
    def idempotency(self) -> Idempotency:
        return Idempotency(self._connection)

    @cached_property
    def knowledge(self) -> Revisions:
        return Revisions(self._connection)

    @cached_property
    def source_states(self) -> SourceStates:
        return SourceStates(self._connection)
