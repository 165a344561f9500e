"""What came out of the cases."""

import resource
from collections import Counter
from dataclasses import dataclass, field

LEAST = 0.20


@dataclass
class Tally:
    """What came out so far: cases and compiles by kind, codes seen, and one failure of each sort."""

    cases: Counter[str] = field(default_factory=Counter)
    compiled: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    failed: int = 0

    def add(self, more: "Tally") -> None:
        """Take in what another worker found."""
        for mine, other in zip(self._counters(), more._counters(), strict=True):
            mine.update(other)
        self.failures |= more.failures
        self.failed += more.failed

    def _counters(self) -> tuple[Counter[str], ...]:
        return self.cases, self.compiled, self.codes

    def report(self, seconds: float) -> bool:
        """Print what came out; return whether all is well."""
        for failure, story in sorted(self.failures.items()):
            print(f"FAILURE {failure}\n{story}\n")
        done = sum(self.cases.values())
        share = sum(self.compiled.values()) / max(done, 1)
        kinds = ", ".join(f"{kind} {self.compiled[kind] / n:.0%}" for kind, n in sorted(self.cases.items()))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{done:,} cases in {seconds:.0f} s; {share:.1%} compiled ({kinds}); {len(self.codes)} codes seen"
        )
        print(f"{self.failed} failures of {len(self.failures)} sorts; largest worker {peak:.0f} MiB")
        return not self.failed and (share >= LEAST or done < 1000)
