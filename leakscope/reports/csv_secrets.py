"""The rotation sheet as CSV."""

from leakscope.reports.csv_report import render_secrets
from leakscope.reports.form import Report

REPORT = Report(name="csv-secrets", suffix=".secrets.csv", title="the rotation sheet, for a spreadsheet", render=render_secrets)
