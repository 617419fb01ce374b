"""Knows ids in text that are nobody's: arguments of code, and accounts of the operating system; only lines of logs name people so briefly."""

from __future__ import annotations

import re

from leakscope.detection.candidate import Candidate
from leakscope.detection.context import Context

#: What a line of a log shows: a time, a level, or named values.
_LOG = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}|[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:|\b[A-Z][a-z]{2} [ 0-9]?[0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}|^\W?[0-9]{2}:[0-9]{2}:[0-9]{2}|^\W?[0-9]{10}(?:[0-9]{3})?\b"
    r"|\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)\b|\blevel=[a-z]|(?:(?:^|[\s\[{,])[A-Za-z][\w.]*=[^\s=]+.*){3}"
)
#: Keys whose values are messages of logs.
_MESSAGE = re.compile(r"\b(?:message|msg|log|event|log message|raw)$")
#: Before the name and behind the value of a pair that is no argument of code.
_OPENS, _CLOSES = re.compile(r"(?:^|[\s\[{,;|\"'?&])$"), re.compile(r"(?:$|[\s\]},;|\"'&]|[.:)](?:\s|$))")
#: Why an id outside lines of logs is none for these rules; for another rule it may be one.
ELSEWHERE = "not-a-log"
_QUERY = frozenset("?&")
_NAME = re.compile(r"[A-Za-z_.-]+[\"'\\]{0,3}[=:] ?[\"'\\]{0,3}$")
#: Numbers beside which `uid` is an account of the operating system (id(1), auditd, containers).
_SYSTEM = re.compile(r"\b(?:[aers]?gid|euid|auid|ruid|suid|fsuid|loginuid|ppid)=|uid=[0-9]+\(")


#: Accounts that come with an operating system or a server, and words that stand where nobody is logged in.
_NOBODYS = frozenset(
    "root nobody system daemon admin administrator postgres mysql mongodb redis nginx apache www-data ubuntu debian centos ec2-user azureuser docker jenkins git runner gitlab-runner deploy service "
    "anonymous guest test user default none null nil undefined unknown true false bot cron backup app api web host oracle sa elastic kibana grafana prometheus hadoop spark kafka zookeeper vagrant pi".split()
)


def weighed_log_id(one: Candidate, context: Context, value: str) -> Candidate:
    """`one`, an id behind a short name: suppressed where it may be an argument of code or is the operating system's."""
    begin, end = value.rfind("\n", 0, one.start) + 1, value.find("\n", one.end)
    line = value[begin : end if end >= 0 else len(value)]
    before = value[begin : one.start]
    named = _NAME.search(before)
    lead = before[: named.start()] if named else before
    if not _OPENS.search(lead) or not _CLOSES.match(value[one.end : one.end + 2]):
        return one._replace(reason=ELSEWHERE)
    if _SYSTEM.search(line) or value[one.start : one.end].lower() in _NOBODYS:
        return one._replace(reason="system-account")
    if (lead[-1:] in _QUERY and lead) or _LOG.search(line) or (_MESSAGE.search(context.near) and "\n" not in value):
        return one
    return one._replace(reason=ELSEWHERE)
