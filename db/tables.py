"""The tables: the shared tracking database, conversations, and what we know."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.columns import Id, Moment, PlainText, metadata

organisations = Table(
    "organisations",
    metadata,
    Column("code", String(80), primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("address", PlainText, nullable=False, default=""),
    Column("phone", String(40), nullable=False, default=""),
    Column("former_names", PlainText, nullable=False, default="[]", comment="JSON list"),
)


def _organisation(name: str) -> Column[str]:
    return Column(name, ForeignKey("organisations.code"), nullable=True)


dossiers = Table(
    "dossiers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("origin", String(20), nullable=False, comment="who brought it: import, demo, …"),
    Column("procedure_code", String(20), nullable=False, default=""),
    Column("procedure_name", PlainText, nullable=False),
    Column("revision", Integer, nullable=True, comment="catalogue revision valid at receipt"),
    Column("status", SmallInteger, nullable=False),
    Column("filed_by", String(10), nullable=False),
    Column("field", PlainText, nullable=False, default="", server_default=""),
    Column("officer", PlainText, nullable=False, default="", server_default=""),
    Column("parent_code", String(64), nullable=True, comment="of the group's leading dossier"),
    Column("duration_amount", Float, nullable=True, comment="time allowed at receipt"),
    Column("duration_unit", String(20), nullable=False, default="", server_default=""),
    Column("submitted_at", Moment, nullable=True),
    Column("received_at", Moment, nullable=True),
    Column("due_at", Moment, nullable=True),
    Column("finished_at", Moment, nullable=True),
    Column("returned_at", Moment, nullable=True),
    Column("owner_name", Text, nullable=False, comment="encrypted"),
    Column("owner_phone", Text, nullable=False, default="", comment="encrypted"),
    Column("owner_phone_hash", String(64), nullable=False, default="", comment="keyed hash"),
    Column("owner_number_hash", String(64), nullable=False, default="", comment="keyed hash"),
    Column("number_tail_hash", String(64), nullable=False, default="", comment="keyed hash"),
    Column("receipt_secret_hash", String(64), nullable=False, default="", comment="keyed hash"),
    _organisation("receiving"),
    _organisation("support"),
    _organisation("competent"),
    Column("reason", PlainText, nullable=False, default=""),
    Column("result_name", PlainText, nullable=True),
    Column("result_number", PlainText, nullable=False, default=""),
    Column("result_issued_on", Date, nullable=True),
    Column("result_collect_where", PlainText, nullable=False, default=""),
    Column("result_bring", PlainText, nullable=False, default=""),
    Index("ix_dossiers_status_due_at", "status", "due_at"),
    Index("ix_dossiers_owner_phone_hash", "owner_phone_hash"),
    Index("ix_dossiers_origin", "origin"),
    Index("ix_dossiers_parent_code", "parent_code"),
    Index("ix_dossiers_finished_at", "finished_at"),
)


def _of_dossier() -> Column[int]:
    return Column("dossier_id", Id, ForeignKey("dossiers.id", ondelete="CASCADE"), nullable=False)


legs = Table(
    "legs",
    metadata,
    _of_dossier(),
    Column("position", SmallInteger, nullable=False),
    Column("organisation", ForeignKey("organisations.code"), nullable=False),
    Column("task", PlainText, nullable=False),
    Column("officer", PlainText, nullable=False, default="", server_default=""),
    Column("allowed_amount", Float, nullable=True, comment="time this office has"),
    Column("allowed_unit", String(20), nullable=False, default="", server_default=""),
    Column("started_at", Moment, nullable=True),
    Column("due_at", Moment, nullable=True),
    Column("ended_at", Moment, nullable=True),
    PrimaryKeyConstraint("dossier_id", "position"),
)

status_changes = Table(
    "status_changes",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    _of_dossier(),
    Column("at", Moment, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("organisation", ForeignKey("organisations.code"), nullable=True),
    Column("text", PlainText, nullable=False, default=""),
    Column("event_key", String(80), nullable=True, comment="of the source; the same comes once"),
    Index("ix_status_changes_dossier_id_event_key", "dossier_id", "event_key", unique=True),
)

supplement_requests = Table(
    "supplement_requests",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    _of_dossier(),
    Column("requested_at", Moment, nullable=False),
    Column("items", PlainText, nullable=False, comment="JSON list of papers"),
    Column("reason", PlainText, nullable=False, default=""),
    Column("author", PlainText, nullable=False, default="", server_default=""),
    Column("respond_by", Date, nullable=True),
    Column("answered_at", Moment, nullable=True),
    Index("ix_supplement_requests_dossier_id", "dossier_id"),
)

dossier_fees = Table(
    "dossier_fees",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    _of_dossier(),
    Column("name", PlainText, nullable=False),
    Column("amount", BigInteger, nullable=False, comment="đồng"),
    Column("due_on", Date, nullable=True),
    Column("pay_where", PlainText, nullable=False, default=""),
    Column("paid_at", Moment, nullable=True),
    Index("ix_dossier_fees_dossier_id", "dossier_id"),
)

dossier_extensions = Table(
    "dossier_extensions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    _of_dossier(),
    Column("decided_at", Moment, nullable=False),
    Column("new_due_at", Moment, nullable=False),
    Column("reason", PlainText, nullable=False, default=""),
    Column("letter", PlainText, nullable=False, default="", comment="number of the Mẫu 04"),
    Index("ix_dossier_extensions_dossier_id", "dossier_id"),
)

delegates = Table(
    "delegates",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    _of_dossier(),
    Column("name", Text, nullable=False, comment="encrypted"),
    Column("phone_hash", String(64), nullable=False, default="", comment="keyed hash"),
    Column("number_tail_hash", String(64), nullable=False, default="", comment="keyed hash"),
    Column("until", Moment, nullable=True),
    Index("ix_delegates_dossier_id", "dossier_id"),
)

pairing_codes = Table(
    "pairing_codes",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    _of_dossier(),
    Column("code_hash", String(64), nullable=False, unique=True, comment="keyed hash"),
    Column("made_by", PlainText, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=True),
    Index("ix_pairing_codes_dossier_id", "dossier_id"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("chat", String(128), nullable=False),
    _of_dossier(),
    Column("proof", String(20), nullable=False, comment="how the right to know was shown"),
    Column("since", Moment, nullable=False),
    UniqueConstraint("channel", "chat", "dossier_id"),
    Index("ix_subscriptions_dossier_id", "dossier_id"),
)

sources = Table(
    "sources",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("cursor", PlainText, nullable=False, default="", comment="JSON; where to read on"),
    Column("read_until", Moment, nullable=True, comment="what is told is true up to here"),
    Column("checked_at", Moment, nullable=True),
    Column("trouble", PlainText, nullable=False, default="", comment="why the last look failed"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", String(80), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True, comment="keyed hash"),
    Column("scopes", PlainText, nullable=False, comment="JSON list"),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=True),
    Column("revoked_at", Moment, nullable=True),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("token_id", Id, ForeignKey("api_tokens.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(80), nullable=False),
    Column("request_hash", String(64), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("response", PlainText, nullable=False, comment="JSON"),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("token_id", "key"),
    Index("ix_idempotency_keys_at", "at"),
)

channel_tokens = Table(
    "channel_tokens",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("number", Integer, nullable=False, comment="counts the pairs; a claim names it"),
    Column("access", Text, nullable=False, comment="encrypted"),
    Column("access_until", Moment, nullable=False),
    Column("refresh", Text, nullable=False, comment="encrypted; spent by being used"),
    Column("refresh_until", Moment, nullable=False),
    Column("got_at", Moment, nullable=False),
    Column("worked_at", Moment, nullable=True, comment="first accepted by the platform"),
    Column("former_access", Text, nullable=False, default="", comment="encrypted"),
    Column("former_until", Moment, nullable=True),
    Column("former_refresh", Text, nullable=False, default="", comment="encrypted"),
    Column("asked_at", Moment, nullable=True, comment="a new pair was asked for, no answer yet"),
    Column("leased_by", String(40), nullable=False, default=""),
    Column("leased_until", Moment, nullable=True),
    Column("trouble", String(20), nullable=False, default=""),
    Column("why", PlainText, nullable=False, default="", comment="the platform's name for it"),
    Column("trouble_at", Moment, nullable=True),
    Column("try_again_at", Moment, nullable=True),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("state", PlainText, nullable=False, comment="the dialogue's JSON"),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("channel", "chat"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column(
        "conversation_id",
        Id,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("at", Moment, nullable=False),
    Column("said", PlainText, nullable=False),
    Column("reply", PlainText, nullable=False, comment="JSON"),
    Column("outcome", String(40), nullable=False),
    Column("facet", String(20), nullable=False, default=""),
    Column("code", String(20), nullable=False, default=""),
    Column("revision", Integer, nullable=False, default=0),
    Column("candidates", PlainText, nullable=False, default="[]", comment="JSON: code, score"),
    Column("milliseconds", Float, nullable=False, default=0.0),
    Column("picked", String(20), nullable=False, default="", server_default=""),
    Column("is_helpful", Boolean(create_constraint=False), nullable=True),
    Index("ix_turns_conversation_id_id", "conversation_id", "id"),
    Index("ix_turns_at", "at"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("wording_version", String(20), nullable=False),
    Column("wording_hash", String(64), nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("withdrawn_at", Moment, nullable=True),
    Index("ix_consents_channel_chat_purpose", "channel", "chat", "purpose"),
)

proof_attempts = Table(
    "proof_attempts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("chat_hash", String(64), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("succeeded", Boolean(create_constraint=False), nullable=False),
    Index("ix_proof_attempts_chat_hash_at", "chat_hash", "at"),
    Index("ix_proof_attempts_code_hash_at", "code_hash", "at"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False, comment="of its list of digests"),
    Column("published_at", Moment, nullable=False),
    Column("published_by", String(80), nullable=False),
    Column("note", PlainText, nullable=False, default=""),
)

knowledge_items = Table(
    "knowledge_items",
    metadata,
    Column("digest", String(64), primary_key=True, comment="SHA-256 of body"),
    Column("code", String(20), nullable=False),
    Column("body", PlainText, nullable=False, comment="canonical JSON"),
)

revision_items = Table(
    "revision_items",
    metadata,
    Column("revision", ForeignKey("revisions.number"), primary_key=True),
    Column("code", String(20), primary_key=True),
    Column("digest", ForeignKey("knowledge_items.digest"), nullable=False),
)
