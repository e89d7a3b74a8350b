"""What is wrong with a piece of data, where, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`ERROR`: the file or record cannot be used. `WARNING`: used, and somebody should look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One finding. `rule` is a stable kebab-case name; `advice` says what to do.

    `row` counts as a person sees it: line 1 is the first line of the file or the sheet; 0 where
    the file as a whole is meant. `field` is the column or key as the file spells it.
    """

    rule: str
    message: str
    advice: str
    severity: Severity = Severity.WARNING
    file: str = ""
    row: int = 0
    field: str = ""
    code: str = ""

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row else ""
        place = ", ".join(part for part in (self.file, self.code, row, self.field) if part)
        said = f"{self.message} {self.advice}".strip()
        return f"{place}: {said}" if place else said
