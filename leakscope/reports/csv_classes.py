"""The impact summary as CSV."""

from leakscope.reports.csv_report import render_classes
from leakscope.reports.form import Report

REPORT = Report(name="csv-classes", suffix=".classes.csv", title="the impact summary, for a spreadsheet", render=render_classes)
