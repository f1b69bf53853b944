from tests.docs.reader import read


def step(language: str, text: str, line: int = 1) -> dict[str, str]:
    return {"page": "docs/a-page.md", "line": str(line), "language": language, "text": text}


def test_the_python_of_a_page_shares_its_names_and_tells_what_each_block_prints() -> None:
    done = read([step("python", "x = 20"), step("python", "print(x + 1)")])

    assert done == [
        {"printed": "", "failure": None},
        {"printed": "21\n", "failure": None},
    ]


def test_shell_tells_what_it_prints() -> None:
    assert read([step("sh", "echo one")]) == [{"printed": "one\n", "failure": None}]


def test_the_first_failure_is_told_with_its_line_and_ends_the_reading() -> None:
    (done,) = read([step("python", "oops()\n", line=41), step("python", "print(1)")])

    assert 'File "docs/a-page.md", line 42' in str(done["failure"])


def test_a_failing_command_ends_the_reading() -> None:
    (done,) = read([step("sh", "false\necho never"), step("sh", "echo never")])

    assert (done["printed"], done["failure"]) == ("", "exit code 1: ")
