"""mlopsc compiles one mlops.yaml per model into a lean ML lifecycle."""

__version__ = "0.1.0"
