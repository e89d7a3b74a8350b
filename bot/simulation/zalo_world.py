"""The state of the played Zalo, and what each interface does to it: no wire in here."""

import datetime as dt
import itertools
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.simulation.zalo_grants import Grants
from bot.simulation.zalo_people import Message, Person
from bot.simulation.zalo_rules import (
    FILE_KINDS,
    IMAGE_KINDS,
    INVALID,
    LARGEST_FILE,
    LARGEST_IMAGE,
    Problem,
    problem_of,
)

A_MINUTE = 4_000
FREE_FOR = dt.timedelta(hours=48)
OPEN_FOR = dt.timedelta(days=7)
UPLOAD_LIFE = dt.timedelta(days=7)
FREE, PAID = "reply", "paid"

Answer = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file or picture that was handed over, good for seven days."""

    name: str
    content: bytes
    until: dt.datetime


@dataclass(kw_only=True)
class World:
    """One app, one account, its people. `paid` counts messages outside the free window."""

    clock: Callable[[], dt.datetime]
    grants: Grants
    oa_id: str
    a_minute: int = A_MINUTE
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, list[Message]] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    paid: int = 0
    _recent: deque[dt.datetime] = field(default_factory=deque)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def new_id(self) -> str:
        """An id of a message or an upload."""
        return f"{next(self._ids):020x}"

    def gate(self, access: str) -> Problem:
        """What stops any call: the minute's limit, or the token."""
        now = self.clock()
        while self._recent and self._recent[0] <= now - dt.timedelta(minutes=1):
            self._recent.popleft()
        if len(self._recent) >= self.a_minute:
            return -32, "Exceeded the request limit per minute"
        self._recent.append(now)
        code = self.grants.error_of(access)
        return (code, "Access token is invalid or has expired") if code else None

    @property
    def remaining(self) -> int:
        """Requests left in this minute."""
        return max(self.a_minute - len(self._recent), 0)

    def consult(self, body: Mapping[str, Any]) -> Answer:
        """A consultation message: free for 48 hours, paid for 7 days, then refused."""
        recipient = body.get("recipient")
        chat = recipient.get("user_id") if isinstance(recipient, dict) else None
        if not isinstance(chat, str):
            return refused(INVALID)
        person = self.people.get(chat)
        if person is None or (not person.follows and person.last_interaction is None):
            return refused((-213, "User has not followed the OA"))
        if person.refuses:
            return refused((person.refuses, "User refuses"))
        problem = problem_of(body.get("message"), self._good_uploads())
        if problem:
            return refused(problem)
        idle = self.clock() - (person.last_interaction or dt.datetime.min.replace(tzinfo=dt.UTC))
        if idle >= OPEN_FOR:
            return refused((-230, "User has not interacted with the OA in the past 7 days"))
        kind = FREE if idle < FREE_FOR else PAID
        self.paid += kind == PAID
        message = self._message(body)
        person.inbox.append(message)
        sent = {"message_id": message.id, "user_id": chat, "quota": {"quota_type": kind}}
        return accepted(sent)

    def tell_group(self, body: Mapping[str, Any]) -> Answer:
        """A message to a group that the account made."""
        recipient = body.get("recipient")
        group = recipient.get("group_id") if isinstance(recipient, dict) else None
        if not isinstance(group, str) or group not in self.groups:
            return refused(INVALID)
        problem = problem_of(body.get("message"), self._good_uploads())
        if problem:
            return refused(problem)
        message = self._message(body)
        self.groups[group].append(message)
        return accepted({"message_id": message.id, "group_id": group})

    def quota(self, body: Mapping[str, Any]) -> Answer:
        """When a person last interacted: milliseconds, as a text; 0 for never."""
        person = self.people.get(str(body.get("user_id", "")))
        if person is None:
            return refused(INVALID)
        at = person.last_interaction
        stamp = str(int(at.timestamp() * 1000)) if at else "0"
        return accepted({"user_id": person.id, "last_interaction": stamp})

    def profile(self) -> Answer:
        """What the account is."""
        followers = sum(person.follows for person in self.people.values())
        about = {"name": "Một cửa xã Đăk Hà (thử)", "is_verified": True, "oa_type": 4}
        return accepted({"oaid": self.oa_id, **about, "num_follower": followers})

    def upload(self, name: str, content: bytes, *, image: bool) -> Answer:
        """Keep a file or a picture for seven days."""
        kinds, largest = (IMAGE_KINDS, LARGEST_IMAGE) if image else (FILE_KINDS, LARGEST_FILE)
        if not name.lower().endswith(kinds) or len(content) > largest or not content:
            return refused(INVALID)
        token = f"upload-{self.new_id()}"
        until = self.clock() + UPLOAD_LIFE
        self.uploads[token] = Upload(name=name, content=content, until=until)
        return accepted({"attachment_id" if image else "token": token})

    def _good_uploads(self) -> Mapping[str, Upload]:
        now = self.clock()
        return {token: one for token, one in self.uploads.items() if one.until > now}

    def _message(self, body: Mapping[str, Any]) -> Message:
        return Message(id=self.new_id(), at=self.clock(), content=dict(body["message"]))


def accepted(data: Answer) -> Answer:
    """Zalo's answer to what it took."""
    return {"data": data, "error": 0, "message": "Success"}


def refused(problem: tuple[int, str]) -> Answer:
    """Zalo's answer to what it did not take; the HTTP status is 200 all the same."""
    return {"error": problem[0], "message": problem[1]}
