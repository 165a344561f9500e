"""The service: predictions of one pinned version, by BentoML. Importing it loads the model.

    POST /predict   {"rows": [{"age": 40}]}

What `launch` puts around it is the same for every runtime: bounds, names of requests, lines of the log,
metrics and probes.
"""

from __future__ import annotations

import os
from typing import Any

from given import given
from measure import App

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
# BentoML counts its users, unless it is told not to.
os.environ.setdefault("BENTOML_DO_NOT_TRACK", "true")

import bentoml
import mlflow.pyfunc
import pandas as pd
from plain_values import plain
from refusal import encoded

SETTINGS = given()
MODEL = mlflow.pyfunc.load_model(str(SETTINGS.folder))


@bentoml.service(name=SETTINGS.model, metrics={"enabled": False}, traffic={"timeout": 60})
class Served:
    """What BentoML serves."""

    @bentoml.api(route=SETTINGS.paths["predict"])  # type: ignore[untyped-decorator]
    def predict(self, rows: list[dict[str, Any]]) -> list[Any]:
        """Predict for each row."""
        found = plain(MODEL.predict(pd.DataFrame(rows)))
        # BentoML would write NaN, which is no JSON.
        encoded({"predictions": found})
        return list(found)


# The decorator has made it a service; its types do not say so.
served: Any = Served
app: App = served.to_asgi()
