"""Server-sent events (HTML Living Standard, section 9.2.6), from lines to what they tell. Pure."""

from collections.abc import Iterator
from typing import Final

from diorama.client.errors import NotUnderstood

STREAM: Final = "text/event-stream"
MAX_LINE: Final = 8 * 1_048_576


class Lines:
    """The lines of one stream. Only a line feed ends one: text may hold what Unicode calls one."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, chunk: bytes) -> Iterator[str]:
        """Take bytes as they come; yield the lines that they complete, without their ends.

        Raises:
            NotUnderstood: a line is longer than any that a gateway sends.
        """
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > MAX_LINE:
            raise NotUnderstood("a line of the stream does not end")
        for line in lines:
            yield line.removesuffix(b"\r").decode(errors="replace")


class Blocks:
    """The blocks of one stream; `last_id` is where a reader that lost it goes on."""

    def __init__(self, last_id: str | None = None) -> None:
        self.last_id = last_id
        self._id = last_id
        self._data: list[str] = []

    def take(self, line: str) -> str | None:
        """Take a line without its end; return the data of the block that it closes, if any."""
        if not line:
            data, self._data = "\n".join(self._data), []
            self.last_id = self._id
            return data or None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self._id = value
        return None
