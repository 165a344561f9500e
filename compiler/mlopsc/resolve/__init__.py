"""Spec -> Model: environments laid over, defaults decided, nothing left open."""

from mlopsc.resolve.models import model_of
from mlopsc.resolve.views import View, views_of

__all__ = ["View", "model_of", "views_of"]
