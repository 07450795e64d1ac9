"""The sample files of the demo: exports of invented schools, as those systems write them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mis_bridge.demo.world import packaged

UTF_8, WINDOWS = "utf-8", "cp1252"


@dataclass(frozen=True, slots=True)
class Sample:
    """The files of one import: what wrote them, and the school whose pupils they hold."""

    vendor: str
    estab: str
    names: tuple[str, ...]
    encoding: str = UTF_8


PUPIL_FILES = (
    Sample("ctf", "9902", ("ctf_transfer.xml",)),
    Sample("sims", "9903", ("sims_sen_register.csv", "sims_contacts.csv"), WINDOWS),
)
PLAN_FILES = (
    Sample("iep", "9901", ("iep_9901.json",)),
    Sample("iep", "9902", ("iep_9902.json",)),
)


def write_samples(folder: Path, year: int) -> None:
    """Write every sample file into `folder`, with the years of the school year of `year`.

    A report of the on-site system is in its own code page, with its own line ends: a letter that
    the code page lacks is lost in it, as it is in life.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for sample in (*PUPIL_FILES, *PLAN_FILES):
        for name in sample.names:
            text = packaged(f"samples/{name}", year)
            if sample.encoding == WINDOWS:
                text = text.replace("\n", "\r\n")
            (folder / name).write_bytes(text.encode(sample.encoding, errors="replace"))


def paths(folder: Path, sample: Sample) -> list[Path]:
    """Return the files of `sample` in `folder`."""
    return [folder / name for name in sample.names]
