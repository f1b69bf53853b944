"""What the reference library for Standard Webhooks says of our signatures."""

import base64
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from diorama.events.signing import secret_of, signed_headers

KEY = b"tks_of_the_gateways"
BODY = b'{"id":"evt_1","type":"session.ended","data":{"name":"\xc3\xa9"}}'
OLD = secret_of(KEY, "whk_1", 1)
NEW = secret_of(KEY, "whk_1", 2)


def headers(*secrets: str, body: bytes = BODY) -> dict[str, str]:
    now_s = int(time.time())
    return dict(signed_headers(secrets, event_id="evt_1", timestamp_s=now_s, body=body))


def test_a_signature_is_good_to_the_reference_library() -> None:
    Webhook(NEW).verify(BODY, headers(NEW))


def test_while_a_secret_is_rotated_both_are_good() -> None:
    for secret in (OLD, NEW):
        Webhook(secret).verify(BODY, headers(NEW, OLD))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (BODY + b" ", headers(NEW)),
        (BODY, headers(OLD)),
        (BODY, headers(NEW) | {"webhook-id": "evt_2"}),
        (BODY, headers(NEW) | {"webhook-timestamp": str(int(time.time()) + 1)}),
        (BODY, headers(NEW) | {"webhook-timestamp": "0"}),
    ],
)
def test_what_was_changed_on_the_way_is_found_out(body: bytes, told: dict[str, str]) -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body, told)


def test_a_secret_has_32_bytes_and_is_of_one_webhook_and_issue() -> None:
    secrets = {OLD, NEW, secret_of(KEY, "whk_2", 1), secret_of(b"other", "whk_1", 1)}

    assert len(secrets) == 4
    assert all(len(base64.b64decode(one.removeprefix("whsec_"))) == 32 for one in secrets)
    assert secret_of(KEY, "whk_1", 1) == OLD
