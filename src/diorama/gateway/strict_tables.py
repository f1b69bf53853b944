"""How every table of settings is read: nothing unknown in it, and nothing changes it after."""

from typing import Final

from pydantic import ConfigDict

STRICT: Final = ConfigDict(
    extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
)
