"""P11: the peak memory of a large import beside that of the same import of few pupils."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mis_bridge.domain.words import Words
from mis_bridge.services.benches.memory_files import write_register, write_transfer_file
from mis_bridge.services.benches.ratios import Ratio

_XML: Final = Words(
    "peak memory of a large XML import, beside the same import of few pupils",
    "uchafbwynt cof mewnforio XML mawr, ochr yn ochr â'r un mewnforio o ychydig ddisgyblion",
)
_CSV: Final = Words(
    "peak memory of a large CSV import with contacts, beside the same import of few pupils",
    "uchafbwynt cof mewnforio CSV mawr gyda chysylltiadau, ochr yn ochr â'r un mewnforio o "
    "ychydig ddisgyblion",
)
_TARGET, _AIM = 1.5, 1.1


class RecordsLost(AssertionError):
    """An import mapped fewer pupils than its file holds: its memory says nothing."""


def measure(full: bool) -> Sequence[Ratio]:  # noqa: FBT001 - the face of every benchmark
    """Measure imports of a hundred times as many pupils; by default of ten times as many."""
    small, large, rounds = (4_650, 465_000, 1) if full else (400, 4_000, 5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [
            _figure("P11", _XML, "ctf", _transfer_files(folder, (small, large)), rounds),
            _figure("P11_csv", _CSV, "sims", _registers(folder, (small, large)), rounds),
        ]


_Files = dict[int, tuple[Path, ...]]


def _transfer_files(folder: Path, sizes: Sequence[int]) -> _Files:
    paths = {size: folder / f"transfer-{size}.xml" for size in sizes}
    for size, path in paths.items():
        write_transfer_file(path, size)
    return {size: (path,) for size, path in paths.items()}


def _registers(folder: Path, sizes: Sequence[int]) -> _Files:
    files: _Files = {}
    for size in sizes:
        (folder / str(size)).mkdir()
        files[size] = write_register(folder / str(size), size)
    return files


def _figure(name: str, what: Words, vendor: str, files: _Files, rounds: int) -> Ratio:
    small, large = sorted(files)
    pairs = [(_peak(vendor, files, large), _peak(vendor, files, small)) for _ in range(rounds)]
    return Ratio(
        name,
        what,
        tuple(one / other for one, other in pairs),
        statistics.median(one for one, _ in pairs),
        statistics.median(other for _, other in pairs),
        "MiB",
        _TARGET,
        _AIM,
        better="less",
    )


def _peak(vendor: str, files: _Files, size: int) -> float:
    module = "mis_bridge.services.benches.memory_child"
    told = subprocess.run(  # noqa: S603 - our own module, on files that we wrote
        [sys.executable, "-m", module, vendor, *map(str, files[size])],
        capture_output=True,
        check=True,
        text=True,
    )
    figures = json.loads(told.stdout)
    if figures["mapped"] != size:
        raise RecordsLost
    return int(figures["peak"]) / 1024
