"""Serves the echo and lets the Autobahn test suite have at it: see autobahn.sh."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from integration.apps.serving import serving_address

from support.puff_process import PuffProcess

START = """
import site, sys
sys.path.insert(0, {packages!r})
site.addsitedir({packages!r})
from autobahntestsuite.wstest import run
sys.argv = ["wstest", "-m", "fuzzingclient", "-s", {spec!r}]
run()
"""
FINE = {"OK", "INFORMATIONAL", "NON-STRICT"}


def main(python2: str, folder: Path, cases: list[str]) -> int:
    spec = folder / "spec.json"
    with PuffProcess(["serve", "--bind", "127.0.0.1:0"], folder / "site", {}) as process:
        host, port = serving_address(process)
        server = {"agent": "puff", "url": f"ws://{host}:{port}/"}
        told = {"outdir": str(folder / "reports"), "servers": [server], "cases": cases}
        spec.write_text(json.dumps({**told, "exclude-cases": [], "exclude-agent-cases": {}}))
        start = START.format(packages=str(folder / "packages"), spec=str(spec))
        with (folder / "log").open("w") as log:
            subprocess.run([python2, "-c", start], stdout=log, stderr=log, check=True, timeout=1800)
    found = json.loads((folder / "reports/index.json").read_text())["puff"]
    bad = 0
    for name, case in found.items():
        if {case["behavior"], case["behaviorClose"]} <= FINE:
            continue
        bad += 1
        print(f"{name}: {case['behavior']}, closing: {case['behaviorClose']}")
    kinds = Counter(case["behavior"] for case in found.values())
    print(", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    return int(bad > 0 or not found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
