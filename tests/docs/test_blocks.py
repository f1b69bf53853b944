import pytest

from tests.docs.blocks import REPOSITORY, agrees, blocks_of

PAGE = REPOSITORY / "docs" / "a-page.md"
TEXT = """# A page

```python
never_run()
```

<!-- run -->
```python
print("one")
```

<!-- output -->

```text
one
```

<!-- file: my_world.py -->
```python
x = 1
```

<!-- run: toml -->
```toml
a = 1
```
"""


def test_a_block_without_a_comment_is_not_run() -> None:
    first = blocks_of(PAGE, TEXT)[0]

    assert (first.language, first.mark, first.text) == ("python", None, "never_run()\n")


def test_the_comment_before_a_block_says_what_is_done_with_it() -> None:
    found = [(block.mark, block.word, block.language) for block in blocks_of(PAGE, TEXT)]

    assert found[1:] == [
        ("run", None, "python"),
        ("output", None, "text"),
        ("file", "my_world.py", "python"),
        ("run", "toml", "toml"),
    ]


def test_a_block_knows_the_line_it_stands_on() -> None:
    block = blocks_of(PAGE, TEXT)[1]

    assert block.place == "docs/a-page.md:8"
    assert TEXT.splitlines()[block.line] == 'print("one")'


def test_a_comment_that_stands_before_no_block_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="before no code block"):
        blocks_of(PAGE, "<!-- run -->\n\nSome words.\n")


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("one\n", "one", True),
        ("one", "two", False),
        ("frame ... of 3", "frame 27 of 3\n", True),
        ("frame ... of 3", "frame 27 of 4", False),
        ("(720, 1280, 3)", "(720, 1280, 3)", True),
        ("a\n...\nz", "a\nb\nc\nz", True),
    ],
)
def test_what_is_printed_is_compared_with_what_the_page_shows(
    shown: str, printed: str, *, same: bool
) -> None:
    assert agrees(shown, printed) is same


def test_a_page_outside_of_docs_is_named_from_the_top() -> None:
    assert blocks_of(REPOSITORY / "README.md", TEXT)[0].place == "README.md:3"
