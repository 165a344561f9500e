"""What targets read: the spec with every default decided and every environment laid over it."""

from mlopsc.model.airflow import Airflow, Pods
from mlopsc.model.ci import Ci
from mlopsc.model.core import Data, Environment, Model, Python
from mlopsc.model.delivery import Cluster, Delivery, Rollout
from mlopsc.model.experiment import Experiment
from mlopsc.model.loop import (
    Drift,
    Notify,
    Outcomes,
    Pipeline,
    Registry,
    Retraining,
    Scoring,
    Stage,
    Tracking,
)
from mlopsc.model.service import PredictionLog, Replicas, Service, Serving
from mlopsc.model.validation import Column, Validation
from mlopsc.model.watching import Alert, Monitoring
from mlopsc.model.when import When

__all__ = [
    "Airflow",
    "Alert",
    "Ci",
    "Cluster",
    "Column",
    "Data",
    "Delivery",
    "Drift",
    "Environment",
    "Experiment",
    "Model",
    "Monitoring",
    "Notify",
    "Outcomes",
    "Pipeline",
    "Pods",
    "PredictionLog",
    "Python",
    "Registry",
    "Replicas",
    "Retraining",
    "Rollout",
    "Scoring",
    "Service",
    "Serving",
    "Stage",
    "Tracking",
    "Validation",
    "When",
]
