"""Options, durations and pipelines."""

import pytest

from leakscope.assessment.options import parse_population
from leakscope.assessment.pipelines import load_pipeline, parse_duration, pipeline_names
from leakscope.errors import CatalogueError, UsageError


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90.0), ("10m", 600.0), ("2h", 7200.0), ("1.5s", 1.5), ("none", None), ("NONE", None)])
def test_durations(text, seconds):
    """90s, 10m, 2h and none."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "s", "-5s", "0s", "tens", "10d", "inf s", "nans"])
def test_what_is_no_duration_is_refused(text):
    """Bad use, not a guess."""
    with pytest.raises(UsageError):
        parse_duration(text)


def test_population_by_source_or_in_all():
    """Both forms of the contract."""
    assert (parse_population(["1000000"]), parse_population(["a=5", "b=1_000"])) == ({"": 1000000}, {"a": 5, "b": 1000})


@pytest.mark.parametrize("texts", [["x"], ["0"], ["-1"], ["a="], ["5", "a=5"]])
def test_what_is_no_population_is_refused(texts):
    """Bad use."""
    with pytest.raises(UsageError):
        parse_population(texts)


def test_the_ready_pipelines_are_those_of_the_contract():
    """Founding case, chat export, customer table, SQL dump, credential list."""
    assert set(pipeline_names()) >= {"log-stream", "chat-export", "customer-table", "sql-dump", "credential-list"}


@pytest.mark.parametrize("name", pipeline_names())
def test_every_ready_pipeline_loads(name):
    """By name, with a title and a description."""
    pipeline = load_pipeline(name)

    assert (pipeline.name, bool(pipeline.title), bool(pipeline.description)) == (name, True, True)


def test_an_unknown_key_in_a_pipeline_is_named(tmp_path):
    """A typing error does not pass for a setting."""
    path = tmp_path / "mine.toml"
    path.write_text('schema_version = 1\ntitle = "t"\ndescription = "d"\ntime_bugdet = "5s"\n')

    with pytest.raises(CatalogueError, match="time_bugdet"):
        load_pipeline(str(path))


def test_an_engine_that_is_not_there_is_refused(tmp_path):
    """Nothing runs locally while another engine was asked for."""
    from leakscope.assessment.run import options_from

    with pytest.raises(UsageError, match="dask"):
        options_from(paths=["x"], case=tmp_path / "c", engine="dask")


@pytest.mark.parametrize("line", ['format = "ndjsom"', "format = 5", 'chat = "no"', 'min_confidence = "high"', 'exposure = "open"'])
def test_a_wrong_setting_in_a_pipeline_is_named(tmp_path, line):
    """A format that nobody reads, or a value of another kind, is refused rather than passed over."""
    path = tmp_path / "mine.toml"
    path.write_text(f'schema_version = 1\ntitle = "t"\ndescription = "d"\n{line}\n')

    with pytest.raises(CatalogueError, match=line.partition(" ")[0]):
        load_pipeline(str(path))


def test_a_scheme_beside_the_pipeline_is_found_from_anywhere(tmp_path):
    """The two files may be copied together."""
    (tmp_path / "ours.toml").write_text("", encoding="utf-8")
    (tmp_path / "mine.toml").write_text('schema_version = 1\ntitle = "t"\ndescription = "d"\nscheme = "ours.toml"\n')

    assert load_pipeline(str(tmp_path / "mine.toml")).scheme == str(tmp_path / "ours.toml")


def test_a_scheme_that_is_not_there_is_refused_before_anything_is_read(tmp_path):
    """With the nearest name as a hint."""
    from leakscope.assessment.run import options_from

    with pytest.raises(UsageError) as caught:
        options_from(paths=["x"], case=tmp_path / "c", scheme="enisa-2014")

    assert "enisa-2013" in caught.value.hint
