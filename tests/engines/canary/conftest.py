"""What the tests of real engines take from those of the virtual clock."""

from tests.engines.rollout.conftest import lead, rollout

__all__ = ["lead", "rollout"]
