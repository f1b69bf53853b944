"""`diorama backup`: a copy of the store, made while Diorama runs, or while it does not."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from diorama.cli.saying import refusals, refuse

if TYPE_CHECKING:
    from diorama.gateway.settings import Settings

MEGABYTE: Final = 1_000_000


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to make; it must be new.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Copy the store of this folder's Diorama into a file, also while it runs, and check the copy.

    Secrets, settings and the files of recordings lie beside the store: the answer says where.
    """
    from diorama.cli import tables
    from diorama.gateway.settings_file import load_settings
    from diorama.storage.backup import take_backup

    with refusals():
        settings = load_settings()
        if settings.database_url is not None:
            refuse("this store is a PostgreSQL: copy it with `pg_dump -Fc`, as it runs")
        store, target = settings.store_file, file.expanduser().absolute()
        found = take_backup(store, target)
    told = {
        "backup": str(target),
        "store": str(store),
        "bytes": found.bytes,
        "schema": found.schema,
        "not_in_it": _left_out(settings),
    }
    if as_json:
        tables.print_json(told)
        return
    tables.print_facts(
        (
            ("backup", target),
            ("of", store),
            ("is", f"whole: {found.bytes / MEGABYTE:.1f} MB, schema {found.schema}"),
            ("not in it", "; ".join(_left_out(settings))),
        )
    )


def _left_out(settings: "Settings") -> list[str]:
    """Return what has to be copied beside the store."""
    bucket = settings.artifacts.s3.bucket
    recordings = f"the bucket {bucket}" if bucket else str(settings.artifacts_folder)
    return [
        f"the secrets that open it: {settings.data_folder / 'secrets'}",
        f"recordings: {recordings}",
        "settings: diorama.toml",
    ]
