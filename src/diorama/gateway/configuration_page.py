"""The tables of docs/configuration.md, made from the settings themselves.

`python -m diorama.gateway.configuration_page` writes them; a test fails while the page is stale.
"""

from pathlib import Path
from typing import Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from diorama.gateway.settings import PREFIX
from diorama.gateway.settings_file import allowed, fields

BEGIN: Final = "<!-- settings: made by `python -m diorama.gateway.configuration_page` -->\n"
END: Final = "<!-- end of settings -->\n"


def tables() -> str:
    """Return the table of every setting: names, default, what is allowed, meaning."""
    rows = [
        "| in the file | in the environment | default | allowed | what it is |",
        "|" + "---|" * 5,
    ]
    for path, field in fields():
        name = PREFIX + "__".join(path).upper()
        row = (
            f"`{'.'.join(path)}`",
            f"`{name}`",
            _default(field),
            allowed(field),
            str(field.description),
        )
        rows.append("| " + " | ".join(row) + " |")
    return "\n".join(rows) + "\n"


def rewritten(page: str) -> str:
    """Return the page with its tables as they should be."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + "\n" + tables() + "\n" + END + rest.split(END)[1]


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value == ():
        return "none"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


if __name__ == "__main__":
    PAGE = Path("docs/configuration.md")
    PAGE.write_text(rewritten(PAGE.read_text()))
