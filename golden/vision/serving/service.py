"""The service: predictions of one pinned version, by MLflow's own scoring application.

    POST /invocations   {"dataframe_records": [{"age": 40}]}, and MLflow's other forms

Importing it loads the model. What `launch` puts around it is the same for every runtime: bounds, names
of requests, lines of the log, metrics and probes.
"""

from __future__ import annotations

import os

from given import given
from measure import App


def made() -> App:
    """Load the model, and return the application."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    import mlflow.pyfunc
    from mlflow.pyfunc import scoring_server

    application: App = scoring_server.init(mlflow.pyfunc.load_model(str(given().folder)))
    return application


app = made()
