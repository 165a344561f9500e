"""A model that misbehaves when it is asked to: by the age that it is given."""

import mlflow.pyfunc
import pandas as pd

RAISES, NAN, SHORT = 13, 14, 15


class Odd(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Answers with the type of each column, so that a test sees what arrived."""

    def predict(self, context: object, model_input: pd.DataFrame) -> list[object]:
        """Predict."""
        del context
        ages = model_input["age"].tolist()
        if RAISES in ages:
            raise KeyError("a secret of the model")
        if SHORT in ages:
            return []
        if NAN in ages:
            return [float("nan")] * len(ages)
        kinds = {str(name): str(kind) for name, kind in model_input.dtypes.items()}
        assert kinds["age"] == "int64" and kinds["since"] == "datetime64[ns]", kinds
        return ["old" if age > 40 else "young" for age in ages]


mlflow.models.set_model(Odd())
