"""SHA-256 from the interpreter's own module, as the standard library's `random` does it.

`hashlib` loads OpenSSL first, which alone would cost a third of a clean `check`.
"""

try:
    from _sha2 import sha256  # type: ignore[import-not-found]  # Python 3.12 and newer
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]  # Python 3.11
    except ImportError:
        from hashlib import sha256

__all__ = ["sha256"]
