"""What `bench` and `bench-host` share: a row for each workload, printed and added to the JSON."""
import json
import re
import statistics
from collections import namedtuple
from pathlib import Path

ROUNDS = 3
MOVE = "$ask move >/dev/null; "
COLUMNS = ["recall", "precision", "coverage10", "ideal", "hindsight", "other", "snapshot_ms", "beyond_ms", "speed"]
HEAD = "recall precision coverage10 ideal hindsight  other snapshot_ms beyond_ms speed"

Snapshot = namedtuple("Snapshot", "data ms beyond_ms speed")


def speed(before, after):
    """Operations a millisecond between two answers to `speed`."""
    return (after[1] - before[1]) / (after[0] - before[0])


def windows_ms(said):
    """How long the windows of the last snapshot were to be together, by what the collector said on standard error."""
    return float(re.findall(r"windows of (\d+) ms together", said)[-1])


def medians(rounds):
    return [statistics.median(column) for column in zip(*rounds)]


def row_of(rounds):
    return dict(zip(COLUMNS, medians(rounds)))


def show_row(row):
    print(f" {row['recall']:6.4f} {row['precision']:9.4f} {row['coverage10']:10.3f} {row['ideal']:5.3f} {row['hindsight']:9.3f}"
          f" {row['other']:6.0f} {row['snapshot_ms']:11.0f} {row['beyond_ms']:9.0f} {row['speed']:5.2f}", flush=True)


def add_row(path, workload, source, cpus, row):
    """Puts it into the JSON, in place of one of the same workload, source and number of CPUs."""
    file = Path(path)
    rows = json.loads(file.read_text()) if file.exists() else []
    key = {"workload": workload, "source": source, "cpus": cpus}
    rows = [other for other in rows if any(other[name] != key[name] for name in key)]
    rows.append({**key, "recall": round(row["recall"], 4), "precision": round(row["precision"], 4),
                 "coverage10": round(row["coverage10"], 4), "coverage10_ideal": round(row["ideal"], 4),
                 "snapshot_ms": round(row["snapshot_ms"])})
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(rows, indent=1) + "\n")
