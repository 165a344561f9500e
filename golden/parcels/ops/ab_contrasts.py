"""The statistics of two arms on the edge of the null hypothesis, for numbers or whole arrays of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ab_margin import Null

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Counts = tuple[ArrayLike, ArrayLike]
    Moments = tuple[ArrayLike, ArrayLike, ArrayLike]


def welch(treatment: Moments, control: Moments, edge: Null) -> tuple[Any, Any]:
    """Return t and its degrees of freedom for (mean, variance, n) of both arms, high beyond the edge.

    The variances are those with n - 1, and may differ (Welch 1947, Biometrika 34, 28-35). A relative
    margin makes it the contrast treatment - ratio * control, whose error counts that of control: Fieller's
    test of a ratio of means with unequal variances (Tamhane, Logan 2004, Biometrical Journal 46, 299-312).
    Figures are numbers or arrays that broadcast; t is NaN where there is no variance.
    """
    import numpy as np

    (m1, v1, n1), (m0, v0, n0) = ([np.asarray(e, dtype=float) for e in arm] for arm in (treatment, control))
    s1, s0 = v1 / n1, edge.ratio**2 * v0 / n0
    excess = edge.excess(m1, m0)
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = (s1 + s0) ** 2 / (s1**2 / (n1 - 1) + s0**2 / (n0 - 1))
        return (excess / np.sqrt(s1 + s0))[()], freedom[()]


def score(treatment: Counts, control: Counts, edge: Null) -> Any:
    """Return z for (successes, n) of both arms: standard normal on the edge, high beyond it.

    Its variance is that of the likeliest proportions on the edge, with the factor N / (N - 1): Miettinen,
    Nurminen (1985), Statistics in Medicine 4, 213-226. So its error is near the nominal one also where
    the arms are of different size and proportions are near 0 or 1. Counts are numbers or arrays that
    broadcast; so is z. It is NaN where the edge allows no variance, as with no success and no margin.
    """
    import numpy as np

    (x1, n1), (x0, n0) = _counts(treatment, control)
    p1, p0 = likeliest(treatment, control, edge)
    variance = p1 * (1 - p1) / n1 + edge.ratio**2 * p0 * (1 - p0) / n0
    variance = variance * (n1 + n0) / (n1 + n0 - 1)
    excess = edge.excess(x1 / n1, x0 / n0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, excess / np.sqrt(variance), np.nan)[()]


def likeliest(treatment: Counts, control: Counts, edge: Null) -> tuple[Any, Any]:
    """Return the likeliest proportions of treatment and control on the edge, for (successes, n) of both.

    Counts may be fractions: only their shares matter.
    """
    import numpy as np

    (x1, n1), (x0, n0) = _counts(treatment, control)
    p0 = _by_ratio(x1, n1, x0, n0, edge.ratio) if edge.relative else _by_offset(x1, n1, x0, n0, edge.offset)
    return np.clip(edge.ratio * p0 + edge.offset, 0, 1), p0


def _counts(*arms: Counts) -> list[list[NDArray[Any]]]:
    import numpy as np

    return [[np.asarray(each, dtype=float) for each in arm] for arm in arms]


def _by_offset(x1: NDArray[Any], n1: NDArray[Any], x0: NDArray[Any], n0: NDArray[Any], offset: float) -> Any:
    """Return control's likeliest proportion where treatment's is `offset` higher.

    The root of the cubic of the likelihood equation: Farrington, Manning (1990), Statistics in Medicine
    9, 1447-1454, appendix. (statsmodels 0.15 has a slip in a1: its issue 10269.)
    """
    import numpy as np

    n, x = n1 + n0, x1 + x0
    if not offset:
        return x / n
    a2 = ((n1 + 2 * n0) * offset - n - x) / (3 * n)
    a1 = ((n0 * offset - n - 2 * x0) * offset + x) / n
    a0 = x0 * offset * (1 - offset) / n
    q = a2**3 - a1 * a2 / 2 + a0 / 2
    p = np.copysign(np.sqrt(np.maximum(a2**2 - a1 / 3, 0)), q)
    # Rounding may carry the cosine a little beyond 1; with p = 0 all three roots are one.
    cosine = np.divide(q, p**3, out=np.ones_like(q), where=p != 0)
    root = 2 * p * np.cos((np.pi + np.arccos(np.clip(cosine, -1, 1))) / 3) - a2
    return np.clip(root, max(0.0, -offset), min(1.0, 1 - offset))


def _by_ratio(x1: NDArray[Any], n1: NDArray[Any], x0: NDArray[Any], n0: NDArray[Any], ratio: float) -> Any:
    """Return control's likeliest proportion where treatment's is `ratio` times as high.

    The lower root of the quadratic of the likelihood equation: Miettinen, Nurminen (1985), formula 12;
    Koopman (1984), Biometrics 40, 513-517.
    """
    import numpy as np

    a, c = (n1 + n0) * ratio, x1 + x0
    b = n1 * ratio + x1 + n0 + x0 * ratio
    # Written so that nothing cancels, nor is divided by a ratio of 0.
    root = 2 * c / (b + np.sqrt(np.maximum(b**2 - 4 * a * c, 0)))
    return np.clip(root, 0, 1 / max(1.0, ratio))
