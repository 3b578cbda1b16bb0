"""What an archive may cost, counted while it is unpacked: declared sizes are not trusted."""

from __future__ import annotations

from auditor.intake.limits import Limits


class Budget:
    """Shared by an archive and the archives inside it."""

    __slots__ = ("limits", "members", "total")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.members = 0
        self.total = 0

    def admit(self) -> None:
        """One more member. Raises LimitExceeded when there are too many, or too much was unpacked already."""
        self.members += 1
        if self.members > self.limits.max_archive_members:
            raise self.limits.exceeded(
                "max_archive_members", "the archive has more members; the rest was not looked at"
            )
        self.spend(0)

    def spend(self, size: int) -> None:
        """So many bytes more were unpacked."""
        self.total += size
        if self.total > self.limits.max_archive_total_bytes:
            raise self.limits.exceeded("max_archive_total_bytes", f"{self.total} bytes were unpacked from the archive")


class Meter:
    """The compression ratio of one archive or member, told after each piece that is unpacked."""

    __slots__ = ("budget", "unpacked")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.unpacked = 0

    def count(self, size: int, packed: int) -> None:
        """`size` bytes more came out of what are now `packed` bytes. Raises LimitExceeded."""
        self.unpacked += size
        limits = self.budget.limits
        if self.unpacked > limits.archive_ratio_from_bytes and self.unpacked > packed * limits.max_archive_ratio:
            raise limits.exceeded(
                "max_archive_ratio", f"{packed} packed bytes became {self.unpacked}: this looks like a bomb"
            )
        self.budget.spend(size)
