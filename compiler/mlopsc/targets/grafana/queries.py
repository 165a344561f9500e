"""What a panel asks Prometheus: expressions of the variables that choose model and environment."""

from dataclasses import dataclass

# For the caller both are a prediction that did not come; a version with wrong inputs shows only as 422.
_FAILED = 'code=~"5..|422"'
_SELECTED = 'model="$model",environment=~"$environment"'
_RATE = "[$__rate_interval]"


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression, how its series are called, and the metrics that it asks."""

    expr: str
    legend: str
    metrics: tuple[str, ...]


def traffic(by: str = "") -> Query:
    """Ask for requests per second, of each value of a label if one is given."""
    name, total = "model_requests_total", f"sum by ({by})" if by else "sum"
    return Query(f"{total} (rate({name}{{{_SELECTED}}}{_RATE}))", f"{{{{{by}}}}}" if by else "all", (name,))


def arms() -> Query:
    """Ask for requests per second of each arm of an A/B test, by the version that answered."""
    name = "model_ab_requests_total"
    rates = f"rate({name}{{{_SELECTED}}}{_RATE})"
    return Query(f"sum by (arm, version) ({rates})", "{{arm}}, version {{version}}", (name,))


def others() -> Query:
    """Ask for requests per second by each other code than 200; a service exports each, most at 0."""
    name = "model_requests_total"
    rates = f'rate({name}{{{_SELECTED},code!="200"}}{_RATE})'
    return Query(f"sum by (code) ({rates}) > 0", "{{code}}", (name,))


def errors(by: str) -> Query:
    """Ask for the share of requests that got no prediction, of each value of a label if one is given."""
    name, total = "model_requests_total", f"sum by ({by})" if by else "sum"
    failed = f"{total} (rate({name}{{{_SELECTED},{_FAILED}}}{_RATE}))"
    every = f"{total} (rate({name}{{{_SELECTED}}}{_RATE}))"
    return Query(f"{failed} / {every}", f"{{{{{by}}}}}" if by else "errors", (name,))


def latency(share: float, by: str, legend: str) -> Query:
    """Ask within which time a share of the answers came."""
    name = "model_request_duration_seconds"
    labels = ", ".join(["le", *([by] if by else [])])
    rates = f"sum by ({labels}) (rate({name}_bucket{{{_SELECTED}}}{_RATE}))"
    return Query(f"histogram_quantile({share:g}, {rates})", legend, (name,))


def gauge(name: str, over: str, legend: str, more: str = "") -> Query:
    """Ask for a figure; `over` says what becomes of several series."""
    return Query(f"{over} ({name}{{{_SELECTED}{more}}})", legend, (name,))


def age(name: str, legend: str) -> Query:
    """Ask how long ago something was."""
    return Query(f"time() - max({name}{{{_SELECTED}}})", legend, (name,))
