"""What a model answered, as plain values that JSON can hold."""

from __future__ import annotations

import math
from datetime import date
from typing import Any


def plain(answer: Any) -> Any:
    """Return what a model answered in lists, mappings, text and numbers."""
    if hasattr(answer, "to_dict") and hasattr(answer, "columns"):
        names = [str(name) for name in answer.columns]
        columns = [plain(answer.iloc[:, place].tolist()) for place in range(len(names))]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    if hasattr(answer, "tolist"):
        return plain(answer.tolist())
    if isinstance(answer, list | tuple):
        return [plain(each) for each in answer]
    if isinstance(answer, dict):
        return {str(name): plain(each) for name, each in answer.items()}
    return answer.isoformat() if isinstance(answer, date) else answer


def is_number(answer: Any) -> bool:
    """Say whether an answer is a number that can be counted in a histogram."""
    return isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer)
