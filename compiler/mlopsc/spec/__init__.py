"""What a user may write: one frozen model per section, and the Spec that they make."""

from mlopsc.spec.parse import parse
from mlopsc.spec.root import Spec

__all__ = ["Spec", "parse"]
