"""The OpenAPI document in the repository, from which the portal's types are made."""

from diorama.gateway.openapi import FILE, document


async def test_the_document_in_the_repository_is_that_of_the_gateway() -> None:
    assert FILE.read_text() == await document(), "run `make generate`"
