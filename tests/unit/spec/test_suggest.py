"""Did you mean: right for at least 95 % of one- and two-letter typos in every key and every word."""

import random
from collections.abc import Iterator
from typing import Literal, get_args, get_origin

import pytest
from mlopsc.spec.misplaced import unknown_key
from mlopsc.spec.root import KEYS
from mlopsc.spec.suggest import did_you_mean, distance, suggest
from mlopsc.spec.walk import everywhere, known_keys, unwrap

LETTERS = "abcdefghijklmnopqrstuvwxyz_"
TYPOS_PER_WORD = 20


def groups() -> Iterator[tuple[str, ...]]:
    """Yield the words among which one was meant: the keys of each mapping, the words of each choice."""
    yield tuple(KEYS)
    for _, kind in everywhere():
        core = unwrap(kind)[0]
        words = get_args(core) if get_origin(core) is Literal else known_keys(kind)
        if words:
            yield words


def typo(chance: random.Random, word: str) -> str:
    """Return the word with one letter inserted, dropped, replaced, or swapped with the next."""
    at = chance.randrange(len(word)) if word else 0
    letter = chance.choice(LETTERS)
    ways = [word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :]]
    if at + 1 < len(word):
        ways.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return chance.choice(ways)


@pytest.mark.parametrize("letters", [1, 2])
def test_the_word_that_was_meant_is_proposed(letters: int) -> None:
    chance, tried, right = random.Random(7), 0, 0
    for words in groups():
        for word in words:
            for _ in range(TYPOS_PER_WORD):
                wrong = word
                for _ in range(letters):
                    wrong = typo(chance, wrong)
                if wrong and wrong not in words:
                    tried += 1
                    right += suggest(wrong, words) == word
    assert tried > 5000
    assert right / tried >= 0.95


def test_the_diagnostic_says_it() -> None:
    chance, tried, right = random.Random(11), 0, 0
    for word in KEYS:
        for _ in range(5):
            wrong = typo(chance, word)
            if wrong not in KEYS:
                tried += 1
                right += unknown_key((wrong,), tuple(KEYS)).hint == f"did you mean `{word}`?"
    assert right / tried >= 0.95


def test_nothing_is_proposed_for_what_is_far_from_everything() -> None:
    assert suggest("zzzzzz", KEYS) is None
    assert did_you_mean("zzzzzz", KEYS) == ""


@pytest.mark.parametrize(
    ("left", "right", "steps"),
    [("same", "same", 0), ("model", "modle", 1), ("drift", "drft", 1), ("", "abc", 3), ("ab", "xy", 2)],
)
def test_distance(left: str, right: str, steps: float) -> None:
    assert distance(left, right) == pytest.approx(steps)
    assert distance(left, right) == distance(right, left)


def test_the_beginning_of_a_word_is_enough() -> None:
    assert suggest("int", ("integer", "number")) == "integer"
