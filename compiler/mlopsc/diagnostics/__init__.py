"""What mlopsc has to say about a spec: places, messages, codes and how they are shown."""

from mlopsc.diagnostics.diagnostic import Diagnostic, Path, Rejected, Span

__all__ = ["Diagnostic", "Path", "Rejected", "Span"]
