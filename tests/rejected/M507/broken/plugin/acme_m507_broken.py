"""A plug-in whose own requirement is not installed."""

import acme_client  # noqa: F401
