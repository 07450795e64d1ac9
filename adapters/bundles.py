"""Delimited files of one export: which file is which table, then grouped and joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from adapters.base import FileRefused, Item, Reading, ReadOptions, Table
from adapters.headers import HeaderMissing, layout_of
from adapters.kinds import TABLE_ENDINGS, files_of, need_kind
from adapters.lines import Layout
from adapters.records import joined_items
from adapters.tables import TableFile
from mis_bridge.domain.words import Words


def read_tables(vendor: str, paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read the files of one export; `FileRefused` comes before the first item if one is bad."""
    return Reading(lambda reading: table_items(vendor, paths, options, reading))


def table_items(
    vendor: str, paths: Sequence[Path], options: ReadOptions, reading: Reading
) -> Iterator[Item]:
    """Check every file to its end, then yield the records that they make together."""
    files = files_of(paths, TABLE_ENDINGS)
    need_kind(files, wanted="table")
    tables = tables_by_name(files, options)
    for table in tables.values():
        # To the end before anything of it is used: what breaks off is refused as a whole.
        for _ in table:
            pass
        if table.footer_rows:
            reading.flags["footer_row"] += table.footer_rows
    yield from joined_items(vendor, tables, options, reading)


def tables_by_name(files: Sequence[Path], options: ReadOptions) -> dict[str, TableFile]:
    """Give each file its name in the bundle: by its columns, else by its own name.

    The only file that is not recognised is the main table, whatever it is called. Raises
    `FileRefused` for two files that are one table, and where the main table is not among them.
    """
    main = options.records or ""
    tables: dict[str, TableFile] = {}
    strangers: list[Path] = []
    for path in files:
        found = _recognised(path, options)
        if found is None:
            strangers.append(path)
            continue
        name, layout = found
        if name in tables:
            raise _twice(path, name)
        tables[name] = TableFile(layout, key_column(layout, options))
    if main not in tables and len(strangers) == 1:
        declared = next((table for table in options.tables if table.name == main), Table(main))
        layout = layout_of(strangers[0], options, replace(declared, columns=()))
        tables[main] = TableFile(layout, key_column(layout, options))
    if main not in tables:
        raise _no_main(files, main, options)
    _need_key(tables[main].layout, options)
    return tables


def need_known(path: Path, options: ReadOptions) -> None:
    """Refuse a file that is none of the declared tables, for rows that need no key of their own."""
    if options.tables and _recognised(path, options) is None:
        raise _no_main([path], options.records or "", options)


def _need_key(layout: Layout, options: ReadOptions) -> None:
    """Refuse a main table without the column by which its records are known."""
    wanted = (options.group_by,) if options.group_by else options.record_id
    if options.fingerprint or not wanted or any(name in layout.columns for name in wanted):
        return
    raise FileRefused(
        Words(
            "{file}, row {row}: the {count} columns of the header are without {wanted}, by which "
            "records are known. Say in an overlay ([read] record_id, group_by) which one it is.",
            "{file}, rhes {row}: nid yw {wanted}, yr adwaenir cofnodion wrthi, ymhlith {count} "
            "colofn y pennawd. Dywedwch mewn troshaen ([read] record_id, group_by) pa un ydyw.",
        ).fill(
            file=layout.path.name,
            row=layout.header_row,
            wanted=" / ".join(wanted),
            # Their names stay untold: in a file without a header they are somebody's facts.
            count=len(layout.columns),
        ),
        file=layout.path.name,
        row=layout.header_row,
    )


def key_column(layout: Layout, options: ReadOptions) -> str:
    """Return the column of this file that holds the key of records or of a join."""
    wanted = [options.group_by, *options.record_id, *(join.on for join in options.joins)]
    return next((name for name in wanted if name in layout.columns), "") or ""


def _recognised(path: Path, options: ReadOptions) -> tuple[str, Layout] | None:
    for table in options.tables:
        if table.file and path.stem.casefold() == table.file.casefold():
            return table.name, layout_of(path, options, table)
    for table in options.tables:
        if table.columns and (layout := _with_columns(path, options, table)):
            return table.name, layout
    for name in (options.records or "", *(join.source for join in options.joins)):
        if path.stem.casefold() == name.casefold():
            return name, layout_of(path, options)
    return None


def _with_columns(path: Path, options: ReadOptions, table: Table) -> Layout | None:
    try:
        return layout_of(path, options, table)
    except HeaderMissing:
        return None


def _twice(path: Path, name: str) -> FileRefused:
    return FileRefused(
        Words(
            "{file}: a second file for the table {name}; give one file for each.",
            "{file}: ail ffeil ar gyfer y tabl {name}; rhowch un ffeil ar gyfer pob un.",
        ).fill(file=path.name, name=name),
        file=path.name,
    )


def _no_main(files: Sequence[Path], main: str, options: ReadOptions) -> FileRefused:
    columns = next((table.columns for table in options.tables if table.name == main), ())
    shown = ", ".join(path.name for path in files) or "-"
    return FileRefused(
        Words(
            "{files}: none of these is the table {main} {columns}; add it, or say in an overlay "
            "([[read.tables]]) by which columns it is known.",
            "{files}: nid yw'r un o'r rhain yn dabl {main} {columns}; ychwanegwch ef, neu dywedwch "
            "mewn troshaen ([[read.tables]]) wrth ba golofnau yr adwaenir ef.",
        ).fill(files=shown, main=main, columns=f"({', '.join(columns)})" if columns else ""),
        file=shown,
    )
