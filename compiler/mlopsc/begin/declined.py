"""The one exception of these commands for a sound request that cannot be met."""


class Declined(Exception):
    """The request is well formed, but this spec or data cannot take it; exit code 1."""
