"""The tables of the durable door: what came in, what goes out, and what is known of chats."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from db.columns import Id, Moment, PlainText, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("key", String(160), nullable=False, comment="the same update has the same"),
    Column("chat", String(128), nullable=False),
    Column("place", BigInteger, nullable=True, comment="in the platform's own order"),
    Column("body", PlainText, nullable=False, comment="raw; empty once it is done"),
    Column("received_at", Moment, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("tries", SmallInteger, nullable=False, default=0),
    Column("not_before", Moment, nullable=False),
    Column("trouble", PlainText, nullable=False, default=""),
    UniqueConstraint("channel", "key"),
    Index("ix_inbox_state_channel_chat", "state", "channel", "chat", "id"),
    Index("ix_inbox_channel_place", "channel", "place"),
    Index("ix_inbox_received_at", "received_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("in_group", Boolean(create_constraint=False), nullable=False),
    Column("payload", PlainText, nullable=False, comment="JSON; empty once it is settled"),
    Column("state", SmallInteger, nullable=False),
    Column("is_repeat", Boolean(create_constraint=False), nullable=False, default=False),
    Column("tries", SmallInteger, nullable=False, default=0),
    Column("made_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("claimed_at", Moment, nullable=True),
    Column("settled_at", Moment, nullable=True),
    Column("message", String(128), nullable=False, default="", comment="the platform's id of it"),
    Column("reason", PlainText, nullable=False, default=""),
    Index("ix_outbox_channel_state_lane", "channel", "state", "lane", "id"),
    Index("ix_outbox_channel_chat_state", "channel", "chat", "state", "id"),
    Index("ix_outbox_settled_at", "settled_at"),
)

keyboards = Table(
    "keyboards",
    metadata,
    Column("token", String(16), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("actions", PlainText, nullable=False, comment="JSON list"),
    Column("made_at", Moment, nullable=False),
    Index("ix_keyboards_made_at", "made_at"),
)

chats = Table(
    "chats",
    metadata,
    Column("channel", String(20), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("heard_at", Moment, nullable=True, comment="when the person last did anything"),
    Column("spoken_at", Moment, nullable=True, comment="when we last sent anything"),
    Column("gone_at", Moment, nullable=True, comment="since when nobody can be reached"),
    Column("gone_reason", PlainText, nullable=False, default=""),
    PrimaryKeyConstraint("channel", "chat"),
)

channel_states = Table(
    "channel_states",
    metadata,
    Column("channel", String(20), nullable=False),
    Column("name", String(40), nullable=False),
    Column("value", PlainText, nullable=False),
    PrimaryKeyConstraint("channel", "name"),
)
