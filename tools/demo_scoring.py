"""A part of the demo: a table is scored whole, and a table that lacks a column is not scored at all."""

import csv
import json

from customers import COLUMNS, customers
from story import Story


def scored(story: Story) -> None:
    """Score tonight's customers, then let somebody rename a column."""
    place = story.place / "data"
    _write(story, [name for name in COLUMNS if name != "churned"])
    report = story.make("score", "scored", "tonight's customers are scored")
    figures: dict[str, int] = report["figures"]  # type: ignore[assignment]
    scores = (place / "scores.csv").read_bytes()
    rows = list(csv.DictReader(scores.decode().splitlines()))
    print(f"   most likely to leave: {max(rows, key=lambda row: float(row['prediction']))['customer_id']}")
    known = (len(rows), figures["rows_in"], figures["version"])
    story.expect(
        "each of the 800 has a score, and it is known that version 1 made it", known == (800, 800, 1)
    )
    _write(story, [name.replace("spend_30d", "spend_month") for name in COLUMNS if name != "churned"])
    report = story.make("score", "blocked", "a column is renamed")
    story.expect("spend_30d is named", "spend_30d: the column is missing" in json.dumps(report["reasons"]))
    story.expect("last night's scores are still there", (place / "scores.csv").read_bytes() == scores)


def _write(story: Story, header: list[str]) -> None:
    """Write a table of customers whose labels nobody knows yet, under the names of a header."""
    with (story.place / "data" / "tonight.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in customers(800, seed=9):
            writer.writerow([row[name] for name in COLUMNS if name != "churned"])
