"""Which known word was meant by an unknown one."""

from collections.abc import Collection

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES = {letter: (x + y / 2, y) for y, row in enumerate(_ROWS) for x, letter in enumerate(row)}


def suggest(word: str, known: Collection[str]) -> str | None:
    """Return the known word nearest to `word`, or None when none is near."""
    typed = word.lower().replace("-", "_").replace(" ", "_")
    begins = [name for name in known if len(typed) > 2 and name.startswith(typed)]
    if len(begins) == 1:
        return begins[0]
    ranked = sorted((distance(typed, name.lower().replace("-", "_")), name) for name in known)
    if not ranked or ranked[0][0] > max(2.0, len(word) / 3):
        return None
    return ranked[0][1]


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return ``did you mean `x`?``, or nothing."""
    found = suggest(word, known)
    return f"did you mean `{found}`?" if found else ""


def distance(left: str, right: str) -> float:
    """Return the Damerau-Levenshtein distance (optimal string alignment).

    A neighbouring key costs a little less than another letter, which decides between equals.
    """
    rows = [[float(j) for j in range(len(right) + 1)]]
    for i, a in enumerate(left, 1):
        row = [float(i)]
        for j, b in enumerate(right, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + _swap(a, b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                best = min(best, rows[-2][j - 2] + (a != b))
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def _swap(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if a in _PLACES and b in _PLACES:
        (x, y), (u, v) = _PLACES[a], _PLACES[b]
        if abs(x - u) <= 1 and abs(y - v) <= 1:
            return 0.9
    return 1.0
