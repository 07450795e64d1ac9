"""Maps files in a process of its own and prints the greatest memory that it took, in KiB.

`python -m mis_bridge.services.benches.memory_child VENDOR FILE...`
"""

from __future__ import annotations

import json
import os
import resource
import sys
from datetime import date
from pathlib import Path

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mappings.language import shipped
from mis_bridge.services.mapping.file_sources import reopenable
from mis_bridge.services.mapping.runs import MappingRun

_STATUS = Path("/proc/self/status")


def peak() -> int:
    """Return the greatest resident memory of this program in KiB.

    The kernel's own mark where there is one: the resource counter also remembers the parent that
    this process was forked from.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(vendor: str, *files: str) -> None:
    """Map all records, write them to nowhere, and print the figures."""
    document = shipped(vendor)
    options = ReadOptions.from_document(document.read)
    run = MappingRun(
        reopenable(vendor, [Path(file) for file in files], options),
        compile_mapping(document),
        school="661/9901",
        as_of=date(2025, 1, 14),
    )
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        for record in run.records():
            nowhere.write(json.dumps(record, ensure_ascii=False))
    sys.stdout.write(json.dumps({"peak": peak(), "mapped": run.report.mapped}))


if __name__ == "__main__":
    main(*sys.argv[1:])
