"""What a reader returns: records, and problems beside them."""

from dataclasses import dataclass

from knowledge.model import Procedure
from knowledge.problems import Problem, Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The outcome of reading one file. With an error among the problems it must not be used."""

    procedures: tuple[Procedure, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether no problem is an error."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)
