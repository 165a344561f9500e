"""The Prometheus that a dashboard asks, as Grafana's provisioning writes it."""

from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, slots=True)
class DataSource:
    """A Prometheus by its address, or by the variable of Grafana's environment that holds it.

    Models that ask the same Prometheus bring the same data source, and Grafana keeps one.
    """

    address: str
    variable: str = ""
    secret: bool = False

    @property
    def name(self) -> str:
        """Return the name that people choose it by."""
        return _literal(f"Prometheus {self.variable or self.address}")

    @property
    def uid(self) -> str:
        """Return the name that the dashboard knows it by: of at most 40 signs."""
        return f"prometheus-{crc32((self.variable or self.address).encode()):08x}"

    @property
    def url(self) -> str:
        """Return the address as provisioning files hold it, where `$NAME` is a variable."""
        return f"${self.variable}" if self.variable else _literal(self.address)


def _literal(text: str) -> str:
    # grafana.com/docs/grafana/latest/administration/provisioning, "Using environment variables".
    return text.replace("$", "$$")
