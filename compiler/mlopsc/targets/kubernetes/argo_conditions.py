"""Conditions of Argo's analyses, as expr-lang.org reads them: one of the two holds, whatever came back."""


def either(operator: str, level: str, empty: str) -> tuple[str, str]:
    """Return the conditions of success and of failure: one of them holds for every result."""
    opposite = {"<=": ">", ">=": "<"}[operator]
    known, unknown = "len(result) > 0 && !isNaN(result[0])", "len(result) == 0 || isNaN(result[0])"
    good, bad = f"result[0] {operator} {level}", f"result[0] {opposite} {level}"
    if empty == "good":
        return f"{unknown} || {good}", f"{known} && {bad}"
    return f"{known} && {good}", f"{unknown} || {bad}"
