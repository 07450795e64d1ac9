"""`bench`: the project's own measurements, each beside its peer or its floor in the same run."""

from __future__ import annotations

import json
import sys

import click

from mis_bridge.cli import benches
from mis_bridge.cli.words import DONE, SOME_REJECTED, both, tell
from mis_bridge.domain.words import Words
from mis_bridge.services.benches.ratios import Ratio
from mis_bridge.services.benches.registry import measure, names


@click.command(
    help=both(
        "Measure, and print the least, the median and the greatest ratio to the reference that ran "
        "beside it; exit 1 if a target is missed.\n\nExample: mis-bridge bench map --json",
        "Mesur, a phrintio'r gymhareb leiaf, y ganolrif a'r fwyaf i'r cyfeirnod a redodd wrth ei "
        "hochr; allanfa 1 os methir targed.\n\nEnghraifft: mis-bridge bench map --json",
    )
)
@click.argument("name", type=click.Choice(names(benches)))
@click.option("--json", "as_json", is_flag=True, help=both("For programs.", "I raglenni."))
@click.option(
    "--full",
    is_flag=True,
    help=both("The sizes of the targets; takes long.", "Meintiau'r targedau; cymer amser."),
)
def bench(name: str, *, as_json: bool, full: bool) -> None:
    """Print one line a figure, then with `--json` one object."""
    ratios = measure(name, benches, full=full)
    if not as_json:
        for ratio in ratios:
            tell(_sentence(ratio))
    else:
        click.echo(
            json.dumps({"bench": name, "ratios": {ratio.name: ratio.to_json() for ratio in ratios}})
        )
    sys.exit(DONE if all(ratio.reached for ratio in ratios) else SOME_REJECTED)


def _sentence(ratio: Ratio) -> Words:
    told = ratio.to_json()
    return Words(
        f"{ratio.name}: {told['min']} / {told['median']} / {told['max']} (min/median/max; target "
        f"{ratio.target}, aim {ratio.aim}) - {ratio.what.en}; {told['measured']} and "
        f"{told['reference']} {ratio.unit}",
        f"{ratio.name}: {told['min']} / {told['median']} / {told['max']} (lleiaf/canolrif/mwyaf; "
        f"targed {ratio.target}, nod {ratio.aim}) - {ratio.what.cy}; {told['measured']} a "
        f"{told['reference']} {ratio.unit}",
    )
