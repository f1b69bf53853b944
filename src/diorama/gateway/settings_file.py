"""Reads the settings, or says what is wrong with them.

Whatever is wrong is refused before anything starts: one line each, with the name as the operator
wrote it, the value, and what is allowed. A secret is never shown.
"""

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings.exceptions import SettingsError

from diorama.gateway.settings import PREFIX, ProjectSettings, Settings

CONFIG: Final = "DIORAMA_CONFIG"
CONFIG_FILE: Final = "diorama.toml"
OTHERS: Final = ("WORKER_", "SUPERVISOR_", "WORLD_", "CLIENT_", "TEST_", "SERVICE_", "PORT_")
"""Names after the prefix that are not the gateway's: those of Diorama's other programs, and those
that Kubernetes sets for a service called diorama."""
_MAX_FILE_BYTES: Final = 1_000_000
_MAX_OPTIONS: Final = 16_000
_MAX_SHOWN: Final = 80


class SettingsRefused(Exception):
    """What is set cannot be used. `lines` says why, each with name, value and what is allowed."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("; ".join(self.lines))


def load_settings() -> Settings:
    """Return the settings of this process's environment and file.

    Raises:
        SettingsRefused: something is wrong; the caller shows its lines and exits with 2.
    """
    _refuse_unknown_names(os.environ)
    path = _config_file(os.environ)
    values = _read(path) if path is not None else {}
    projects = _projects(values.pop("projects", []), path)
    try:
        return Settings(**values, projects=projects)
    except ValidationError as error:
        raise SettingsRefused(_line(found, path) for found in error.errors()) from None
    except SettingsError as error:
        raise SettingsRefused([f"{error}: must be JSON, or set one name at a time"]) from None


def prepare_data_folder(settings: Settings) -> Path:
    """Return the data folder, made if missing, readable by its owner alone."""
    folder = settings.data_folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsRefused([f"{PREFIX}DATA={folder}: {error.strerror}"]) from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsRefused([f"{PREFIX}DATA={folder}: must be a folder this user may write"])
    return folder


def environment_names() -> Mapping[str, tuple[str, ...]]:
    """Return each name of the environment with the path of its setting."""
    names: dict[str, tuple[str, ...]] = {CONFIG: ("config",)}
    for path, _ in fields():
        names[PREFIX + "__".join(path).upper()] = path
    return names


def fields(kind: type[BaseModel] = Settings) -> list[tuple[tuple[str, ...], FieldInfo]]:
    """Return every setting by its path, tables opened, in the order declared."""
    found: list[tuple[tuple[str, ...], FieldInfo]] = []
    for name, field in kind.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += [((name, *path), one) for path, one in fields(inner)]
        elif name != "projects":
            found.append(((name,), field))
    return found


def allowed(field: FieldInfo) -> str:
    """Return in words what a setting may be."""
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "allowed" in extra:
        return str(extra["allowed"])
    bounds = {
        side: getattr(rule, side)
        for rule in field.metadata
        for side in ("ge", "le")
        if hasattr(rule, side)
    }
    return f"{bounds['ge']:g} to {bounds['le']:g}"


def _refuse_unknown_names(environment: Mapping[str, str]) -> None:
    known = environment_names()
    ours = [name for name in sorted(environment) if name.upper().startswith(PREFIX)]
    unknown = [
        name
        for name in ours
        if name.upper() not in known and not name.upper().removeprefix(PREFIX).startswith(OTHERS)
    ]
    if unknown:
        raise SettingsRefused(
            f"{name}: no such setting{_nearest(name.upper(), known)}" for name in unknown
        )


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _config_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get(CONFIG)
    if named is not None:
        return Path(named).expanduser()
    path = Path(CONFIG_FILE)
    return path if path.exists() else None


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SettingsRefused([f"{CONFIG}={path}: {error.strerror}; must be a TOML file"]) from None
    if len(raw) > _MAX_FILE_BYTES:
        raise SettingsRefused([f"{CONFIG}={path}: larger than {_MAX_FILE_BYTES} bytes"])
    try:
        values = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsRefused([f"{path}: not TOML: {error}"]) from None
    # Folders are as a reader of the file would understand them.
    artifacts = values.get("artifacts")
    for table, name in ((values, "data"), (artifacts, "folder")):
        if isinstance(table, dict) and isinstance(folder := table.get(name), str):
            table[name] = str(path.absolute().parent / Path(folder).expanduser())
    return values


def _projects(raw: object, path: Path | None) -> tuple[ProjectSettings, ...]:
    if not isinstance(raw, list):
        raise SettingsRefused([f"{path}: projects: must be tables, each under [[projects]]"])
    lines: list[str] = []
    found: dict[str, ProjectSettings] = {}
    for number, table in enumerate(raw):
        where = f"{path}: projects[{number}]"
        try:
            project = msgspec.convert(table, ProjectSettings)
            options = project.options_json()
        except msgspec.ValidationError as error:
            lines.append(_project_line(where, error, table))
        except TypeError:
            lines.append(f"{where}.options: must hold what JSON can say")
        else:
            if len(options) > _MAX_OPTIONS:
                lines.append(f"{where}.options: {len(options)} characters; at most {_MAX_OPTIONS}")
            if project.name in found:
                lines.append(f"{where}.name={project.name!r}: must differ from every other")
            found[project.name] = project
    if lines:
        raise SettingsRefused(lines)
    return tuple(found.values())


def _project_line(where: str, error: msgspec.ValidationError, table: object) -> str:
    """Return msgspec's "Expected `int` >= 1 - at `$.rules.x`" with the name first and the value."""
    expected, _, place = str(error).partition(" - at `$")
    names = [part for part in place.rstrip("`").split(".") if part]
    value = table
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    shown = "" if not names or isinstance(value, dict) else f"={_shown(value)}"
    return f"{'.'.join([where, *names])}{shown}: {expected[:1].lower()}{expected[1:]}"


def _line(found: ErrorDetails, path: Path | None) -> str:
    place = tuple(str(part) for part in found["loc"])
    name = PREFIX + "__".join(place).upper()
    shown_name = name if _is_set(name) else ": ".join([*_file(path), ".".join(place)])
    declared = dict(fields()).get(place)
    if found["type"] == "extra_forbidden":
        return f"{shown_name}: no such setting{_nearest('.'.join(place), _dotted())}"
    if declared is None:  # a whole table: its orders, or no table at all
        return f"{shown_name}: {found['msg'].removeprefix('Value error, ')}"
    if declared.annotation is SecretStr:
        return f"{shown_name}: (its value is not shown) must be {allowed(declared)}"
    return f"{shown_name}={_shown(found['input'])}: must be {allowed(declared)}"


def _file(path: Path | None) -> list[str]:
    return [] if path is None else [str(path)]


def _is_set(name: str) -> bool:
    return any(other.upper() == name for other in os.environ)


def _dotted() -> list[str]:
    return [".".join(path) for path, _ in fields()] + ["projects"]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "..."
