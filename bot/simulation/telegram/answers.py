"""How the Bot API says no."""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A refusal: the HTTP status, the description, and what the caller may do about it."""

    def __init__(
        self, status: int, description: str, parameters: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = dict(parameters or {})

    def body(self) -> dict[str, Any]:
        """The answer as JSON."""
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        return {**answer, "parameters": self.parameters} if self.parameters else answer


def bad_request(reason: str, parameters: Mapping[str, Any] | None = None) -> ApiError:
    """400."""
    return ApiError(400, f"Bad Request: {reason}", parameters)


def forbidden(reason: str) -> ApiError:
    """403."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """409."""
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(seconds: int) -> ApiError:
    """429, with the time to be silent."""
    reason = f"Too Many Requests: retry after {seconds}"
    return ApiError(429, reason, {"retry_after": seconds})
