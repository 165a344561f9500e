"""Files -> bytes: templates with one encoded value per hole, verbatim programs, JSON."""

from mlopsc.render.render import Renderer
from mlopsc.render.style import HouseStyle

__all__ = ["HouseStyle", "Renderer"]
