"""The code blocks of a page, and the comments before them that say what a test does with each.

`<!-- run -->` runs a `python` or `sh` block, in the order of the page; the `python` blocks of one
page share their names. `<!-- run: toml -->` is the configuration of the Diorama that it all runs
against. `<!-- file: NAME -->` is a file that the blocks find. `<!-- output -->` is what the block
run last prints, where `...` stands for anything. Readers see none of these comments.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
PAGES: Final = (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md")))
_BLOCK: Final = re.compile(
    r"(?:^<!-- (?P<mark>run|file|output)(?:: *(?P<word>\S+))? -->\n\n?)?"
    r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_STRAY: Final = re.compile(r"^<!-- (?:run|file|output)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: where it begins, and what the comment before it says."""

    page: Path
    line: int
    language: str
    text: str
    mark: str | None = None
    word: str | None = None

    @property
    def place(self) -> str:
        """Where it stands, as `docs/rest.md:12`."""
        return f"{self.page.relative_to(REPOSITORY)}:{self.line}"


def blocks_of(page: Path, text: str) -> list[Block]:
    """Return the blocks of a page. Fails where a comment stands before no block."""
    found = [
        Block(
            page=page,
            line=text.count("\n", 0, match.start("text")),
            language=match["language"],
            text=match["text"],
            mark=match["mark"],
            word=match["word"],
        )
        for match in _BLOCK.finditer(text)
    ]
    marked = sum(block.mark is not None for block in found)
    assert marked == len(_STRAY.findall(text)), f"{page}: a comment stands before no code block"
    return found


def agrees(shown: str, printed: str) -> bool:
    """Whether what was printed is what the page shows; `...` in the page stands for anything."""
    parts = [re.escape(part) for part in shown.strip().split("...")]
    return re.fullmatch(".*?".join(parts), printed.strip(), re.DOTALL) is not None
