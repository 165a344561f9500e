"""The one table of exact pins: every requirement of a generated repository comes from here."""

PINS = {
    "adlfs": "2026.8.0",
    "aiohttp": "3.14.5",
    "bentoml": "1.4.40",
    "dvc": "3.67.1",
    "dvc-azure": "3.1.1",
    "dvc-gs": "3.1.0",
    "dvc-s3": "3.3.0",
    "fastapi": "0.165.0",
    "gcsfs": "2026.10.1",
    "great-expectations": "1.24.1",
    "mlflow": "3.17.2",
    "mlflow-skinny": "3.17.2",
    "pandas": "2.3.3",
    # The newest that MLflow takes.
    "pyarrow": "25.0.1",
    "prometheus-client": "0.26.0",
    "pyyaml": "6.0.3",
    "s3fs": "2026.9.0",
    "scikit-learn": "1.9.1",
    "scipy": "1.17.1",
    "skops": "0.16.0",
    "uvicorn": "0.54.0",
}

# The package that teaches fsspec a protocol (filesystem-spec.readthedocs.io, "Other Known Implementations").
PROTOCOLS = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "az": "adlfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "http": "aiohttp",
    "https": "aiohttp",
}

# The package that teaches DVC the protocol of a remote (dvc.org/doc/user-guide, "Remote Storage").
REMOTES = {"s3": "dvc-s3", "gs": "dvc-gs", "azure": "dvc-azure"}
