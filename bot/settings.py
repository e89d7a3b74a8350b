"""Frozen settings from the environment (`NAME` or `NAME_FILE`) and `.env`, checked at once."""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from bot.errors import SettingsInvalid

PREFIX = "MOTCUA_"


SECRET = frozenset(
    {
        "keys",
        "database_url",
        "telegram_token",
        "telegram_webhook_secret",
        "zalo_app_secret",
        "zalo_oa_secret",
    }
)
"""Fields whose value is never shown."""

_OF_PLATFORMS = frozenset(
    {
        "telegram_token",
        "telegram_api_url",
        "telegram_mode",
        "telegram_webhook_secret",
        "telegram_rate",
        "zalo_app_id",
        "zalo_app_secret",
        "zalo_oa_id",
        "zalo_oa_secret",
        "zalo_api_url",
        "zalo_oauth_url",
        "zalo_buttons",
        "zalo_trusts_phone",
    }
)
"""Fields whose name is the platform's own: `TELEGRAM_TOKEN`, not `MOTCUA_TELEGRAM_TOKEN`."""


def _keys(value: object) -> object:
    if not isinstance(value, str):
        return value
    keys = [part.strip() for part in value.replace("\n", ",").split(",") if part.strip()]
    if any(len(key) < 32 for key in keys):
        raise ValueError("each key needs at least 32 characters")
    return tuple(keys)


def _public_url(value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value)
    fits = parts.scheme in {"https", "http"} and parts.hostname and not parts.query + parts.fragment
    if not fits or re.search(r'[\s@<>"]', value):
        raise ValueError("it needs the form https://motcua.example, without ?, # or @")
    return value.rstrip("/")


def _telegram_bot(value: str) -> str:
    name = value.removeprefix("@")
    if name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{4,31}", name):
        raise ValueError("it needs the bot's user name: 5 to 32 of A-Z a-z 0-9 _")
    return name


class Settings(BaseModel):
    """What can be set: a field is read from `MOTCUA_<NAME>`, its description documents it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data: Path = Field(Path("var"), description="Folder for the database file and the key file.")
    database_url: str = Field(
        "",
        description="SQLAlchemy URL, SQLite or PostgreSQL. Empty: `motcua.db` in the data folder.",
    )
    keys: Annotated[tuple[SecretStr, ...], BeforeValidator(_keys)] = Field(
        (),
        description="Secret keys, at least 32 characters each, separated by commas. The first "
        "encrypts, all are read. Empty: one is made once and kept in the data folder.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    office: Path | None = Field(
        None, description="TOML file with the office's name, address, phone and hours."
    )
    phrases: Path | None = Field(
        None, description="File of the office's own sayings, merged with those that ship."
    )
    rules: Path | None = Field(
        None,
        description="TOML file with the province's own working days and deadline policies; "
        "they go before those that ship.",
    )
    sources: Path | None = Field(
        None,
        description="Folder of mapping files: tracking databases of others that are read. "
        "Empty: none.",
    )
    sources_every: int = Field(
        60, ge=5, le=86_400, description="Seconds between two looks at each of these databases."
    )
    behind_proxy: bool = Field(
        default=False,
        description="True: a proxy in front sets X-Forwarded-Proto, and it is believed.",
    )
    public_url: Annotated[str, AfterValidator(_public_url)] = Field(
        "",
        description="Address of the web chat as citizens reach it: the QR code of a receipt leads "
        "there. Empty: the code holds a link to the Telegram bot, or the bare reference.",
    )
    telegram_bot: Annotated[str, AfterValidator(_telegram_bot)] = Field(
        "", description="User name of the Telegram bot, for links to it. Empty: no such links."
    )
    telegram_token: SecretStr = Field(
        SecretStr(""), description="Token of the Telegram bot. Empty: no Telegram."
    )
    telegram_api_url: Annotated[str, AfterValidator(_public_url)] = Field(
        "https://api.telegram.org", description="Where Telegram's Bot API answers."
    )
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling",
        description="`webhook`: Telegram calls us at /telegram, which needs a public https "
        "address; `polling`: we ask Telegram, which works from anywhere.",
    )
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="What Telegram shows with every call: 1 to 256 of A-Z a-z 0-9 _ -.",
    )
    telegram_rate: float = Field(
        30.0,
        gt=0,
        le=1000,
        description="Messages a second that Telegram takes from the bot; 30 unless paid for.",
    )
    zalo_app_id: str = Field("", description="Id of the Zalo app. Empty: no Zalo.")
    zalo_app_secret: SecretStr = Field(
        SecretStr(""), description="Secret of the Zalo app: renews the tokens."
    )
    zalo_oa_id: str = Field("", description="Id of the Zalo Official Account.")
    zalo_oa_secret: SecretStr = Field(
        SecretStr(""),
        description="OA Secret Key of the webhook settings: signs what Zalo sends to /zalo.",
    )
    zalo_api_url: Annotated[str, AfterValidator(_public_url)] = Field(
        "https://openapi.zalo.me", description="Where Zalo's OA API answers."
    )
    zalo_oauth_url: Annotated[str, AfterValidator(_public_url)] = Field(
        "https://oauth.zaloapp.com", description="Where Zalo renews tokens."
    )
    zalo_buttons: bool = Field(
        default=False,
        description="True: choices are buttons on Zalo as well as numbered lines; turn it on once "
        "they were seen to work on the account.",
    )
    drop: Path | None = Field(
        None,
        description="Folder where other systems drop files of dossiers, watched while serving. "
        "Empty: none.",
    )
    zalo_trusts_phone: bool = Field(
        default=True,
        description="True: a phone shared by Zalo's form proves the right to know. Turn it off "
        "where the form lets people type another number.",
    )
    history_days: int = Field(
        7, ge=1, le=90, description="Days that conversations are kept before they are deleted."
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines are written.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least severe log line that is written."
    )

    @property
    def effective_database_url(self) -> str:
        """The database in use, the default filled in."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data / 'motcua.db'}"


def setting_name(field: str) -> str:
    """The environment variable of a field; those of a platform bear no prefix of ours."""
    return field.upper() if field in _OF_PLATFORMS else PREFIX + field.upper()


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment, or `.env` in the current folder where the environment is silent.

    Raises SettingsInvalid with every problem at once; values that may be secret are not repeated.
    """
    if environment is None:
        written = {
            name: value for name, value in dotenv_values(".env").items() if value is not None
        }
        environment = {**written, **os.environ}
    of_platforms = {setting_name(field) for field in _OF_PLATFORMS}
    ours = {
        name: value
        for name, value in environment.items()
        if name.startswith(PREFIX) or name.removesuffix("_FILE") in of_platforms
    }
    values: dict[str, str] = {}
    problems: list[str] = []
    known = {setting_name(field): field for field in Settings.model_fields}
    for name, value in sorted(ours.items()):
        base = name.removesuffix("_FILE") if name not in known else name
        if base not in known:
            problems.append(_unknown(name, list(known)))
        elif name == base:
            if f"{name}_FILE" in ours:
                problems.append(f"{name} and {name}_FILE are both set. Keep one of them.")
            values[known[base]] = value
        else:
            try:
                values[known[base]] = Path(value).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                problems.append(
                    f"{name} names {value}, which cannot be read. "
                    "Give the path of a readable text file."
                )
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        problems += [
            _wrong(str(detail["loc"][0]), values, detail["msg"])
            for detail in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsInvalid(problems) from None
    if problems:
        raise SettingsInvalid(problems)
    return settings


def _wrong(field: str, values: Mapping[str, str], message: str) -> str:
    shown = "(secret)" if field in SECRET else repr(values.get(field))
    about = Settings.model_fields[field].description
    reason = message.removeprefix("Value error, ")
    return f"{setting_name(field)} is {shown}: {reason[:1].lower()}{reason[1:]}. It means: {about}"


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    advice = f"Did you mean {close[0]}?" if close else "`motcua check` lists the settings."
    return f"{name} is not a setting of motcua. {advice}"
