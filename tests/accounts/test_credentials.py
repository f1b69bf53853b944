"""Session tokens: the genuine one opens its session, and nothing else opens anything."""

import hashlib
import hmac

import pytest

from diorama.accounts.credentials import SessionToken, read_token, sign_token
from diorama.kernel.errors import Unauthorized

SECRET = b"s" * 32
TOKEN = SessionToken(session_id="ses_01abc", issue=3)
GENUINE = sign_token(TOKEN, SECRET)
SAID, _, SIGNATURE = GENUINE.rpartition(".")


def signed(said: str, secret: bytes = SECRET) -> str:
    return f"{said}.{hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()}"


def test_a_genuine_token_says_which_session_and_which_issue() -> None:
    assert read_token(GENUINE, SECRET) == TOKEN
    assert signed("dst_ses_01abc.3") == GENUINE


def test_the_same_issue_is_the_same_token_and_the_next_is_another() -> None:
    again = SessionToken(session_id="ses_01abc", issue=3)
    newer = SessionToken(session_id="ses_01abc", issue=4)

    assert sign_token(again, SECRET) == GENUINE
    assert sign_token(newer, SECRET) != GENUINE


FORGERIES = {
    "nothing": "",
    "a dot": ".",
    "dots": "...",
    "no signature": SAID,
    "an empty signature": f"{SAID}.",
    "a signature alone": SIGNATURE,
    "half a signature": GENUINE[:-32],
    "one character less": GENUINE[:-1],
    "one character more": f"{GENUINE}0",
    "one character changed": GENUINE[:-1] + ("0" if GENUINE[-1] != "0" else "1"),
    "upper case": f"{SAID}.{SIGNATURE.upper()}",
    "a newline after it": f"{GENUINE}\n",
    "a space before it": f" {GENUINE}",
    "another session": GENUINE.replace("01abc", "01abd"),
    "a newer issue": f"dst_ses_01abc.4.{SIGNATURE}",
    "an issue with a zero before it": f"dst_ses_01abc.03.{SIGNATURE}",
    "another secret": signed(SAID, b"t" * 32),
    "no secret": signed(SAID, b""),
    "signed twice": signed(GENUINE),
    "another kind, signed": signed("dio_ses_01abc.3"),
    "no kind, signed": signed("ses_01abc.3"),
    "no issue, signed": signed("dst_ses_01abc"),
    "an empty issue, signed": signed("dst_ses_01abc."),
    "a negative issue, signed": signed("dst_ses_01abc.-1"),
    "an issue in words, signed": signed("dst_ses_01abc.three"),
    "an issue in other digits, signed": signed("dst_ses_01abc.\u0663"),
    "a superscript, signed": signed("dst_ses_01abc.\u00b3"),
    "a dot in the session, signed": signed("dst_ses.01abc.3"),
    "an accent in the signature": f"{SAID}.{SIGNATURE[:-1]}\u00e9",
    "a lone surrogate in the signature": f"{SAID}.{SIGNATURE[:-1]}\udcff",
    "a lone surrogate in the session": f"dst_ses_\udcff.3.{SIGNATURE}",
    "a NUL": GENUINE.replace(".3", "\0.3"),
    "very long": "dst_" + "a" * 100_000,
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES)
def test_no_forgery_opens_anything(forged: str) -> None:
    with pytest.raises(Unauthorized) as error:
        read_token(forged, SECRET)

    assert error.value.code == "token_refused"


def test_a_refusal_never_tells_what_was_wrong() -> None:
    told = set()
    for forged in FORGERIES.values():
        with pytest.raises(Unauthorized) as error:
            read_token(forged, SECRET)
        told.add(str(error.value))

    assert told == {"this session token opens nothing"}
