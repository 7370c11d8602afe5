"""Asking a time stamp server (RFC 3161). Its address and account come from the settings alone.

Import this module from signing only: it loads pyHanko.
"""

import ssl
import time
from asyncio import to_thread

import httpx
from asn1crypto import cms, tsp
from django.conf import settings
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.sign.timestamps.api import TimeStamper

ASKED, ANSWERED = "application/timestamp-query", "application/timestamp-reply"  # RFC 3161, 3.4
MOST_ANSWER = 64 * 1024  # bytes; an answer with a whole chain of certificates has less than ten thousand


class BoundedTimeStamper(TimeStamper):
    """Takes no more bytes and no more time than it was told, follows nobody elsewhere, and reads neither proxies nor
    passwords out of its surroundings.
    """

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A time stamp over this digest. Raises TimestampRequestError for every answer that is none."""
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # what parsing such an answer raises
            raise TimestampRequestError("The answer of the time stamp server cannot be read") from error

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The server's answer to one question."""
        return tsp.TimeStampResp.load(await to_thread(_answer, req.dump()))


def time_stamper() -> BoundedTimeStamper | None:
    """The server that the settings name; None where they name none."""
    return BoundedTimeStamper() if settings.SEAL_TIMESTAMP_URL else None


def _answer(asked: bytes) -> bytes:
    account = (settings.SEAL_TIMESTAMP_USER, settings.SEAL_TIMESTAMP_PASSWORD) if settings.SEAL_TIMESTAMP_USER else None
    headers = {"Content-Type": ASKED, "Accept": ANSWERED, "Accept-Encoding": "identity"}
    ends = time.monotonic() + settings.SEAL_TIMESTAMP_SECONDS
    try:
        with (
            httpx.Client(
                timeout=settings.SEAL_TIMESTAMP_SECONDS,
                verify=ssl.create_default_context(),
                follow_redirects=False,
                trust_env=False,
                auth=account,
            ) as client,
            client.stream("POST", settings.SEAL_TIMESTAMP_URL, content=asked, headers=headers) as answer,
        ):
            return _content(answer, ends)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TimestampRequestError(f"No answer ({type(error).__name__})") from None  # its words may hold the address


def _content(answer: httpx.Response, ends: float) -> bytes:
    """The bytes of an answer as they come; a server that sends too many, or a drop at a time, is left."""
    if answer.status_code != httpx.codes.OK or answer.headers.get("Content-Type", "").partition(";")[0] != ANSWERED:
        raise TimestampRequestError(f"No time stamp (HTTP {answer.status_code})")
    content = b""
    for block in answer.iter_raw():
        content += block
        if len(content) > MOST_ANSWER:
            raise TimestampRequestError(f"The answer is larger than {MOST_ANSWER} bytes")
        if time.monotonic() > ends:
            raise TimestampRequestError("The answer took too long")
    return content
