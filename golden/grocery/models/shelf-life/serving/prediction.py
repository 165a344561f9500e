"""The pinned model."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from typing import Any

from given import Given
from plain_values import plain
from refusal import encoded
from signature import Columns

LOG = logging.getLogger("service")


class Predictor:
    """A model that was loaded."""

    def __init__(self, settings: Given) -> None:
        """Load the model; raise ValueError where the inputs of the spec do not fit it."""
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        import mlflow.pyfunc

        self.model = mlflow.pyfunc.load_model(str(settings.folder))
        self.columns = Columns(settings.inputs, self.model.metadata.get_input_schema())
        self._try(settings)

    def _try(self, settings: Given) -> None:
        """Ask the model for its example, and for the example with a null in each field that may be null.

        The column's type can hold a missing value; whether the model can is seen here, and not by the
        first caller who sends one. The first prediction, which takes longest, is behind us then.
        """
        try:
            example = self.model.metadata.load_input_example(str(settings.folder))
        except Exception:
            example = None
        if not hasattr(example, "columns") or not set(self.columns.types) <= set(example.columns):
            return
        known = example[list(self.columns.types)].iloc[0].to_dict()
        row = {name: value.item() if hasattr(value, "item") else value for name, value in known.items()}
        if not self._answers(row):
            LOG.warning("the model does not answer its own example")
            return
        for name, field in self.columns.fields.items():
            if field.nullable and name in row and not self._answers({**row, name: None}):
                self.columns.fields[name] = replace(field, nullable=False)

    def _answers(self, row: dict[str, Any]) -> bool:
        try:
            self.predict([row])
        except Exception:
            return False
        return True

    def predict(self, rows: list[dict[str, Any]]) -> list[Any]:
        """Return a prediction for each row; raise ValueError for an answer that no JSON can hold."""
        found = plain(self.model.predict(self.columns.frame(rows)))
        if not isinstance(found, list) or len(found) != len(rows):
            count = len(found) if isinstance(found, list) else 1
            raise ValueError(f"the model gave {count} answers for {len(rows)} rows")
        # Half an answer would be worse than none.
        encoded({"predictions": found})
        return found
