"""Look for secrets written into what git tracks; `--accept` takes the present findings as known.

A finding is known by its file and the hash of what was found, never by its line, so that moving
code about asks nobody for anything.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BASELINE = Path(".secrets.baseline")
NOT_OURS = "|".join(
    [
        r"requirements/.*\.txt",
        r"package-lock\.json",
        r".*\.(po|mo)$",
        "tests/vendor_samples/.*",
        r"\.secrets\..*",
    ]
)


def findings() -> dict[str, list[str]]:
    """Return the hashes of what was found, by file."""
    scan = subprocess.run(
        [Path(sys.executable).with_name("detect-secrets"), "scan", "--exclude-files", NOT_OURS],
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        file: sorted({found["hashed_secret"] for found in several})
        for file, several in json.loads(scan.stdout)["results"].items()
    }


def main() -> int:
    """Compare with what is known; 1 where something new was found."""
    found = findings()
    if "--accept" in sys.argv:
        BASELINE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    known = json.loads(BASELINE.read_text(encoding="utf-8"))
    fresh = [file for file, several in found.items() if set(several) - set(known.get(file, ()))]
    for file in fresh:
        sys.stderr.write(f"{file}: looks like a secret. Take it out, or accept it by hand.\n")
    return 1 if fresh else 0


if __name__ == "__main__":
    sys.exit(main())
