"""Credentials are found by form, by name and by chance; no form of output shows them."""

import random
import string
from time import process_time

import pytest
from mlopsc.checks.credentials import credentials
from mlopsc.diagnostics.render import render

from tests.unit.checks.saying import document, found

SECRET = "w4Kd9XqT2mLs7BvRz5Ny8PhGc3JfQa6U"
_ALPHABET = string.ascii_letters + string.digits


def _codes(text: str) -> list[str]:
    return [d.code for d in found(f"x-note: '{text}'")]


def test_nearly_all_random_tokens_are_found() -> None:
    draw = random.Random(20_26)
    tokens = ["".join(draw.choices(_ALPHABET, k=40)) for _ in range(300)]
    assert sum(_codes(token) == ["M403"] for token in tokens) >= 297


def test_digests_and_ids_are_no_tokens() -> None:
    draw = random.Random(7)
    digests = ["".join(draw.choices("0123456789abcdef", k=k)) for k in (32, 40, 64) for _ in range(50)]
    assert [digest for digest in digests if _codes(digest)] == []


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
@pytest.mark.parametrize(
    "text",
    [
        f"tracking: {{experiment: {SECRET}}}",
        "tracking: {uri: 'postgresql://mlflow:" + SECRET + "@db/mlflow'}",
        f"plugins: {{acme: {{password: {SECRET}}}}}",
        f"x-key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  {SECRET}\n  -----END RSA PRIVATE KEY-----\n",
    ],
)
def test_no_output_shows_a_credential(form: str, text: str) -> None:
    spec = document(text)
    shown = render(form, found(text), spec.sources)  # type: ignore[arg-type]
    assert "M40" in shown
    assert SECRET not in shown


def test_other_findings_in_its_line_do_not_show_it_either() -> None:
    text = f"tracking: {{uri: 'http://a:{SECRET}@b', experiment: yes}}"
    shown = render("text", found(text), document(text).sources)
    assert "M111" in shown
    assert SECRET not in shown


def test_the_excerpt_of_a_credential() -> None:
    text = "connections: {redis: {url: 'redis://u:pw@redis:6379'}}"
    assert render("text", found(text), document(text).sources) == (
        "error[M402] mlops.yaml:1:28: a URL with a password stands in the spec\n"
        "1 | connections: {redis: {url: •••••••••••••••••••••••••}}\n"
        "  |                            ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  = help: write `{secret: REDIS_URL}` and put the value into that variable;"
        " renew it, if it was ever committed\n"
        "\n"
        "1 error\n"
    )


@pytest.mark.parametrize("piece", ["eyJ-", "token=", "sk-a-", "://x:", "ghp_", "a1B2", "AKIA", "?sig="])
def test_no_text_keeps_the_search_busy(piece: str) -> None:
    spec = document("".join(f"x-{n}: '{piece * 2_000}'\n" for n in range(40)))
    start = process_time()
    list(credentials(spec))
    assert process_time() - start < 3
