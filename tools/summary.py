#!/usr/bin/env python3
"""Sums up JUnit reports: summary.py REPORT.xml...

Ends with one line "N passed, N failed, N skipped". Exits 1 where a test failed, and, with CI=true in the
environment, also where one was skipped: a tier that cannot run in CI is a failure.
"""
import os
import sys
import xml.etree.ElementTree as xml

passed = failed = 0
skipped = []
for report in sys.argv[1:]:
    for case in xml.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("skipped") is not None:
            skipped.append(f"{name}: {case.find('skipped').get('message') or 'no reason given'}")
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            print(f"failed: {name}")
        else:
            passed += 1

for line in skipped:
    print(f"skipped: {line}")
print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
if failed or (skipped and os.environ.get("CI") == "true"):
    sys.exit(1)
