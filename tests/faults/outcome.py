"""What one try showed."""

from dataclasses import dataclass, field

from tests.faults.ground import Dump, count_differences, find_faults
from tests.ingest.house import House


@dataclass(frozen=True, slots=True)
class Outcome:
    """One try.

    Attributes:
        what: The kind of fault.
        faults: How many were done in it.
        lost: Rows that an undisturbed run has and this one has not.
        surplus: Rows that this one has and an undisturbed one has not.
        wrong: Everything else that should not be, in words.
    """

    what: str
    faults: int = 1
    lost: int = 0
    surplus: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Nothing is lost, added or wrong."""
        return not (self.lost or self.surplus or self.wrong)


def expect_state(
    what: str, house: House, expected: Dump, *, faults: int = 1, wrong: list[str]
) -> Outcome:
    """Compare a database with what an undisturbed run leaves, row for row."""
    lost, surplus = count_differences(expected, house.dump())
    return Outcome(what, faults, lost, surplus, [*wrong, *find_faults(house.settings)])
