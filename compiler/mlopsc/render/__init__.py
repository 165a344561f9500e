"""Files -> bytes: templates with one encoded value per hole, verbatim programs, JSON."""

from mlopsc.render.render import Renderer

__all__ = ["Renderer"]
