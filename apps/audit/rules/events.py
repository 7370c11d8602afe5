"""Entries of the trail as events: CloudEvents 1.0 in structured mode, and messages of syslog (RFC 5424)."""

import json
from typing import Any

MEDIA_TYPE = "application/cloudevents+json"
_AUDIT_INFO = 13 * 8 + 6  # facility 13 (log audit), severity 6 (informational): RFC 5424, 6.2.1
MOST_SEQUENCE = 2**31 - 1  # what `meta sequenceId` may come to: RFC 5424, 7.3.1
DATAGRAM = 2_000  # bytes; every receiver should take 2048: RFC 5424, 6.1


def cloud_event(entry: dict[str, Any], source: str) -> dict[str, Any]:
    """One entry as a CloudEvent. Its id is the entry's digest, so a consumer knows an event that it met before;
    `sequence` is the CloudEvents extension of that name, in digits that sort like numbers.
    """
    return _event(
        source,
        name=f"genaiops.{entry['action']}.v1",
        number=entry["digest"],
        time=entry["at"],
        data=entry,
        subject=f"{entry['object_type']}/{entry['object_id']}",
        sequence=f"{entry['sequence']:020d}",
    )


def seal_event(seal: dict[str, Any], source: str) -> dict[str, Any]:
    """The seal over a stretch of exported entries, as the event that follows them."""
    number = f"{seal['extract']}-{seal['number']}"
    return _event(source, name="genaiops.trail.seal.v1", number=number, time=seal["at"], data={"seal": seal})


def _event(source: str, *, name: str, number: str, time: str, data: dict[str, Any], **more: str) -> dict[str, Any]:
    told = {"specversion": "1.0", "id": number, "source": source, "type": name, "time": time, **more}
    return told | {"datacontenttype": "application/json", "data": data}


def event_text(event: dict[str, Any]) -> str:
    """The event on one line."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def syslog_message(event: dict[str, Any], host: str, *, most: int | None = None) -> bytes:
    """An RFC 5424 message whose text is the event. Where it would be longer than `most` bytes, the event goes without
    the entry's own data and reason, and says so; the digest in its id leads to the whole entry.
    """
    number = int(event["sequence"])
    place = f'[meta sequenceId="{number}"]' if 0 < number <= MOST_SEQUENCE else "-"
    name = _printable(event["data"]["action"], 32)
    head = f"<{_AUDIT_INFO}>1 {event['time']} {_printable(host, 255)} genaiops - {name} {place} "
    whole = head.encode() + b"\xef\xbb\xbf" + event_text(event).encode()
    if most is None or len(whole) <= most:
        return whole
    kept = {key: value for key, value in event["data"].items() if key not in ("data", "reason")}
    return head.encode() + b"\xef\xbb\xbf" + event_text(event | {"data": kept | {"is_shortened": True}}).encode()


def _printable(text: str, most: int) -> str:
    """A header field of syslog: printable ASCII without spaces, `-` where nothing is left (RFC 5424, 6)."""
    return "".join(letter for letter in text if "!" <= letter <= "~")[:most] or "-"
