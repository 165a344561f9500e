"""Environments: an overlay is any part of a section, and null removes."""

import pytest

from tests.unit.spec.documents import faults_of, spec

FINE = [
    "deployment: {strategy: rolling}",
    "deployment: {steps: null, hold: null}",
    "deployment: null",
    "serving: {replicas: {max: 3}}",
    "serving: {prediction_log: {queue: other}, inputs: {age: null}}",
    "connections: {smtp: {password: null}}",
    "monitoring: {alerts: [{metric: drift_score, above: 0.1}]}",
    "cluster: {context: a, namespace: ml}, approval: true",
]
FAULTY = [
    ("deployment: {stratgy: rolling}", "M201"),
    ("deployment: {stratgy: null}", "M201"),
    ("deployment: {strategy: canry}", "M203"),
    ("monitoring: {alerts: [{above: 0.1}]}", "M204"),
    ("monitoring: {alerts: [null]}", "M215"),
    ("monitoring: {alerts: [{metric: a, above: null}]}", "M215"),
    ("serving: [1]", "M202"),
    ("serving: {replicas: {max: 0}}", "M205"),
    ("connections: {smtp: {password: hunter2}}", "M404"),
    ("data: {path: a}", "M201"),
    ("approval: null", "M215"),
    ("cluster: {context: null}", "M215"),
]


@pytest.mark.parametrize("overlay", FINE)
def test_any_part_of_a_section_overlays(overlay: str) -> None:
    assert spec(f"environments: {{staging: {{{overlay}}}}}").environments


@pytest.mark.parametrize(("overlay", "code"), FAULTY)
def test_what_overlays_has_the_shape_of_its_section(overlay: str, code: str) -> None:
    (found,) = faults_of(f"environments: {{staging: {{{overlay}}}}}")
    assert found.code == code
    assert found.path[:2] == ("environments", "staging")


def test_outside_an_overlay_null_removes_nothing() -> None:
    (found,) = faults_of("deployment: {steps: null}")
    assert found.code == "M215"
