"""The one table of exact pins: every requirement of a generated repository comes from here."""

PINS = {
    "adlfs": "2026.8.0",
    "aiohttp": "3.14.5",
    "gcsfs": "2026.10.1",
    "great-expectations": "1.24.1",
    "pandas": "2.3.3",
    "pyarrow": "26.0.1",
    "s3fs": "2026.9.0",
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
