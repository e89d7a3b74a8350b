"""Events in the shapes that Zalo documents, for tests: ids and timestamps are texts."""

import json
from typing import Any

OA = "388613280878808645"
LAN = "246845883529197922"
APP = "360846524940903967"


def event(name: str, **parts: Any) -> bytes:
    """An event; `parts` are added to the frame that all have."""
    frame = {
        "app_id": APP,
        "user_id_by_app": "552177279717587730",
        "event_name": name,
        "timestamp": "1724131200000",
    }
    return json.dumps({**frame, **parts}, ensure_ascii=False).encode()


def said(
    kind: str, sender: str = LAN, msg_id: str = "96d3cdf3af150460909", **message: Any
) -> bytes:
    """A message of one person: `kind` is what follows user_send_."""
    return event(
        f"user_send_{kind}",
        sender={"id": sender},
        recipient={"id": OA},
        message={"msg_id": msg_id, **message},
    )


def attachment(kind: str, **payload: Any) -> list[dict[str, Any]]:
    """The list of one attachment."""
    return [{"type": kind, "payload": payload}]
