"""Which changes a cookie is good for: every odd word of a browser refuses."""

import pytest
from starlette.datastructures import Headers

from diorama.gateway.sign_in_cookie import SignInCookie, check_change, check_page, may_read, read
from diorama.kernel.errors import Forbidden

PLAIN = SignInCookie("dsi_secret", secure=False)
SECURE = SignInCookie("dsi_secret", secure=True)
HOST = ("host", "worlds.example:8080")
KNOWS = ("diorama-csrf", PLAIN.csrf)
OWN = ("origin", "http://worlds.example:8080")
OWN_SECURE = ("origin", "https://worlds.example:8080")
SAME = ("sec-fetch-site", "same-origin")


def headers(*pairs: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.encode(), value.encode("latin-1")) for name, value in (HOST, *pairs)])


@pytest.mark.parametrize(
    ("cookie", "said"),
    [
        (PLAIN, [KNOWS, OWN]),
        (PLAIN, [KNOWS, SAME]),
        (PLAIN, [KNOWS, OWN, SAME]),
        (SECURE, [KNOWS, OWN_SECURE, SAME]),
        (SECURE, [KNOWS, SAME]),
    ],
)
def test_a_change_from_an_own_page_is_taken(
    cookie: SignInCookie, said: list[tuple[str, str]]
) -> None:
    check_change(headers(*said), cookie)


@pytest.mark.parametrize(
    "said",
    [
        [],
        [KNOWS],
        [OWN, SAME],
        [("diorama-csrf", ""), OWN, SAME],
        [("diorama-csrf", "0" * 64), OWN, SAME],
        [("diorama-csrf", PLAIN.csrf.upper()), OWN, SAME],
        [("diorama-csrf", "\xe9"), OWN, SAME],
        [KNOWS, KNOWS, OWN, SAME],
        [KNOWS, OWN, OWN, SAME],
        [KNOWS, OWN, SAME, SAME],
        [KNOWS, ("origin", "null"), SAME],
        [KNOWS, ("origin", ""), SAME],
        [KNOWS, OWN_SECURE, SAME],
        [KNOWS, ("origin", "http://worlds.example"), SAME],
        [KNOWS, ("origin", "http://worlds.example:8081"), SAME],
        [KNOWS, ("origin", "http://sub.worlds.example:8080"), SAME],
        [KNOWS, ("origin", "http://worlds.example.evil:8080"), SAME],
        [KNOWS, ("origin", "http://worlds.example:8080/"), SAME],
        [KNOWS, ("origin", "http://worlds.example:8080@evil.example"), SAME],
        [KNOWS, ("origin", "http://user@worlds.example:8080"), SAME],
        [KNOWS, ("origin", "http://worlds.example:8080, http://evil.example"), SAME],
        [KNOWS, ("origin", "http://w\xf3rlds.example:8080"), SAME],
        [KNOWS, ("origin", "file://"), SAME],
        [KNOWS, OWN, ("sec-fetch-site", "cross-site")],
        [KNOWS, OWN, ("sec-fetch-site", "same-site")],
        [KNOWS, OWN, ("sec-fetch-site", "none")],
        [KNOWS, OWN, ("sec-fetch-site", "")],
        [KNOWS, OWN, ("sec-fetch-site", "SAME-ORIGIN")],
        [KNOWS, OWN, ("sec-fetch-site", "same-origin, cross-site")],
        [KNOWS, ("sec-fetch-site", "none")],
        [KNOWS, ("sec-fetch-site", "same-site")],
        [KNOWS, ("referer", "http://worlds.example:8080/")],
    ],
)
def test_a_change_with_an_absent_or_odd_word_is_refused(said: list[tuple[str, str]]) -> None:
    with pytest.raises(Forbidden) as refusal:
        check_change(headers(*said), PLAIN)
    assert refusal.value.code == "csrf_refused"


def test_a_cookie_set_over_https_is_good_for_no_change_over_http() -> None:
    with pytest.raises(Forbidden):
        check_change(headers(KNOWS, OWN, SAME), SECURE)


@pytest.mark.parametrize(
    ("said", "reads"),
    [
        ([], True),
        ([("sec-fetch-site", "none")], True),
        ([SAME], True),
        ([OWN, SAME], True),
        ([("sec-fetch-site", "cross-site")], False),
        ([("sec-fetch-site", "same-site")], False),
        ([("origin", "http://evil.example")], False),
        ([("origin", "null")], False),
    ],
)
def test_a_page_elsewhere_reads_nothing_by_the_cookie(
    said: list[tuple[str, str]], *, reads: bool
) -> None:
    assert may_read(headers(*said)) is reads


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["diorama_sign_in=dsi_secret"], PLAIN),
        (["__Host-diorama_sign_in=dsi_secret"], SECURE),
        (["a=b; diorama_sign_in=dsi_secret; c=d"], PLAIN),
        (["diorama_sign_in=dsi_planted; __Host-diorama_sign_in=dsi_secret"], SECURE),
        (["diorama_sign_in=dsi_secret; diorama_sign_in=dsi_secret"], PLAIN),
        (["diorama_sign_in=dsi_secret; diorama_sign_in=dsi_planted"], None),
        (["diorama_sign_in=dsi_secret", "diorama_sign_in=dsi_planted"], None),
        (["xdiorama_sign_in=dsi_secret"], None),
        (["Diorama_Sign_In=dsi_secret"], None),
        ([], None),
    ],
)
def test_a_cookie_that_another_host_may_have_planted_is_none(
    lines: list[str], found: SignInCookie | None
) -> None:
    assert read(headers(*(("cookie", line) for line in lines))) == found


@pytest.mark.parametrize("said", [[], [OWN], [OWN_SECURE], [SAME], [OWN, SAME]])
def test_own_pages_and_programs_may_sign_in(said: list[tuple[str, str]]) -> None:
    check_page(headers(*said))


@pytest.mark.parametrize(
    "said",
    [
        [("origin", "http://evil.example")],
        [("origin", "null")],
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "none")],
        [OWN, ("sec-fetch-site", "same-site")],
    ],
)
def test_a_page_elsewhere_signs_nobody_in(said: list[tuple[str, str]]) -> None:
    with pytest.raises(Forbidden):
        check_page(headers(*said))
