"""Every finding of a case as CSV."""

from leakscope.reports.csv_report import render_findings
from leakscope.reports.form import Report

REPORT = Report(name="csv-findings", suffix=".findings.csv", title="every finding, for a spreadsheet", render=render_findings, frames=("findings",))
