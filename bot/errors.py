"""Errors that stop a command; the docstring of a class says what its message must hold."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a defect
    """One clear sentence: what happened, with the value, and what to do. Exit code 1."""


class SettingsInvalid(Refusal):
    """All problems of the settings, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))
