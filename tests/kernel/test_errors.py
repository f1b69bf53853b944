"""Every error has a stable code, its own or its kind's."""

from diorama.kernel.errors import DioramaError, Invalid


def test_an_error_carries_its_kinds_code_unless_it_names_one() -> None:
    assert Invalid("x").code == "invalid"
    assert Invalid("x", code="too_large").code == "too_large"
    assert Invalid("x").detail == {}
    assert Invalid("x", detail={"limit": 5}).detail == {"limit": 5}


def test_no_two_kinds_share_a_code() -> None:
    kinds = DioramaError.__subclasses__()

    assert len({kind.code for kind in kinds}) == len(kinds)
