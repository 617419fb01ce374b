"""The main job on the bundled exposure, as a newcomer runs it, held against the exposure's truth."""

from pathlib import Path

import orjson
import polars as pl

TRUTH = Path(__file__).resolve().parents[2] / "corpora" / "log_stream" / "truth"


def test_the_demo_ends_in_a_summary_and_a_page_that_hold_the_truth(leakscope, tmp_path):
    """People within 3% and their interval, every secret that users wrote with its writers, and both reports on disk."""
    done = leakscope("demo", "--case", "case")
    assessment = orjson.loads((tmp_path / "case" / "assessment.json").read_bytes())
    people = pl.read_parquet(TRUTH / "people.parquet")["counted"].sum()
    written = pl.read_parquet(TRUTH / "findings.parquet").filter(pl.col("secret").is_not_null() & (pl.col("role") == "own"))
    estimated = assessment["individuals"]["estimated"]
    by_users = [row for row in assessment["secrets"] if row["owner_basis"] == "author"]

    assert done.returncode == 0
    assert b"defect" not in done.stdout + done.stderr
    assert estimated["low"] <= people <= estimated["high"]
    assert abs(estimated["value"] / people - 1) <= 0.03
    assert len(by_users) == written["secret"].n_unique()
    assert sorted(row["people"] for row in by_users) == sorted(written.group_by("secret").agg(pl.col("person").n_unique())["person"])
    assert all((tmp_path / "case" / name).stat().st_size > 10_000 for name in ("report.html", "incident-report.md"))
