"""Snowflake through its own connector against fakesnow, which answers it; BigQuery against a stand-in for its client (no emulator could be installed)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.sources.live.servers import ROOT, free_port, running, servers_python

_READ = """
import json, sys
from leakscope.model import SetAside
from leakscope.sources import live
from leakscope.sources.evidence import gather
found = list(gather([sys.argv[1]]))
print(json.dumps({
    "tables": {one.name.rpartition(":")[2]: [json.loads(line) for line in one.open().read().splitlines()] for one in found if not isinstance(one, SetAside)},
    "stored": {one.name.rpartition(":")[2]: [one.stored.rows, one.stored.first, one.stored.last] for one in found if not isinstance(one, SetAside)},
    "aside": [[one.reason, one.records, one.detail] for one in found if isinstance(one, SetAside)],
    "queries": live.sent(sys.argv[1])}))
"""


def _taken(python, address, **environment):
    """What reading `address` gives, in a process that has the clients."""
    paths = os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])
    given = {**os.environ, "PYTHONPATH": "", "SNOWFLAKE_USER": "reader", "SNOWFLAKE_PASSWORD": "x", **environment}
    script = f"import sys; sys.path += {paths.split(os.pathsep)!r}\n{_READ}"
    answer = subprocess.run([python, "-c", script, address], capture_output=True, text=True, env=given, timeout=120)
    assert answer.returncode == 0, answer.stderr[-600:]
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def snowflake():
    """(python, address) of an account with two tables."""
    python, port = servers_python("fakesnow"), free_port()
    with running([str(Path(python).with_name("fakesnow")), "-s", "-p", str(port)], port):
        fill = f"""
import snowflake.connector
c = snowflake.connector.connect(account="127.0.0.1", host="127.0.0.1", port={port}, protocol="http", user="x", password="x", database="SHOP", schema="PUBLIC", session_parameters={{"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False}}).cursor()
for q in ("create table zebra (a int)", "insert into zebra values (1)", "create table users (id int, email text, seen timestamp)", "insert into users select seq4(), 'u' || seq4() || '@x.org', '2024-01-02 03:04:05' from table(generator(rowcount => 2000))"):
    c.execute(q)
"""
        subprocess.run([python, "-c", fill], check=True, capture_output=True)
        yield python, f"snowflake://127.0.0.1:{port}/SHOP/PUBLIC"


@pytest.mark.server
def test_every_table_of_snowflake_is_evidence(snowflake):
    """People first, with rows and span, by SELECT alone."""
    found = _taken(*snowflake)

    assert list(found["tables"]) == ["USERS", "ZEBRA"]
    assert (len(found["tables"]["USERS"]), found["tables"]["USERS"][0].keys()) == (2000, {"ID": 0, "EMAIL": 0, "SEEN": 0}.keys())
    assert found["stored"]["USERS"][0] == 2000
    assert found["stored"]["USERS"][1].startswith("2024-01-02")
    assert {query.split()[0] for query in found["queries"]} == {"SELECT"}


@pytest.mark.server
def test_snowflakes_own_sample_is_asked_for(snowflake):
    """Share and seed stand in the query; what was not drawn is counted."""
    found = _taken(*snowflake, LEAKSCOPE_LIVE_ROWS="500", LEAKSCOPE_LIVE_SEED="3")

    assert any("SAMPLE BERNOULLI (22." in query and "SEED (3)" in query for query in found["queries"])
    assert 300 <= len(found["tables"]["USERS"]) <= 500
    assert found["aside"][0][:2] == ["not-sampled", 2000 - len(found["tables"]["USERS"])]



class _Table(SimpleNamespace):
    """As the client describes one."""


class _Client:
    """What of Google's client is used: it remembers what it was asked, and tells dry runs `costs` bytes."""

    def __init__(self, rows, costs):
        self.rows, self.costs, self.asked = rows, costs, []

    def list_tables(self, dataset):
        return [SimpleNamespace(table_type="TABLE", reference="users"), SimpleNamespace(table_type="VIEW", reference="view")]

    def get_table(self, reference):
        field = SimpleNamespace(name="made", field_type="TIMESTAMP")
        return _Table(project="leaky", dataset_id="shop", table_id=reference, num_rows=len(self.rows), num_bytes=4_000, schema=[field])

    def query(self, query, job_config):
        self.asked.append((query, job_config))
        found = [("2024-01-02", "2024-02-03")] if "MIN(" in query else self.rows[:9]
        return SimpleNamespace(total_bytes_processed=self.costs, result=lambda timeout: found)

    def list_rows(self, table, max_results):
        return self.rows[:max_results]

    def close(self):
        pass


@pytest.mark.parametrize(("count", "costs", "queried", "read"), [(10, 100, False, 10), (100, 100, True, 9), (100, 10**12, False, 20)])
def test_bigquery_is_queried_only_within_its_bytes(count, costs, queried, read):
    """A small table is listed for nothing; a large one is sampled if the dry run allows it, else its first rows are listed, and said so."""
    from leakscope.sources.live import Limits, Queries
    from leakscope.sources.live.bigquery import _BigQuery

    client, queries = _Client([{"id": number} for number in range(count)], costs), Queries()
    store = _BigQuery(client, dict, queries, "shop")
    (table,) = store.tables()
    rows = list(store.lines(table, Limits(rows=20, seed=3)))
    sampled = [config for query, config in client.asked if "FARM_FINGERPRINT(CONCAT('3'" in query]

    assert (table.rows, table.size_bytes, len(rows)) == (count, 4_000, read)
    assert [config.get("dry_run", False) for config in sampled] == ([True, False] if queried else [True] if count > 20 else [])
    assert all("maximum_bytes_billed" in config for config in sampled if not config.get("dry_run"))
    assert (table.first == "2024-01-02") == (costs == 100)
    assert queried or any("the first 20 rows" in query for query in queries.sent)
