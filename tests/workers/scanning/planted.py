"""A support-desk table with planted personal data and copies, and what was planted where.

Every value is invented: domains and numbers come from ranges reserved for documentation or from published test sets.
"""

import json
import random
from pathlib import Path

TOPICS = (
    "printer",
    "invoice",
    "password",
    "delivery",
    "refund",
    "battery",
    "headset",
    "licence key",
    "router",
    "backup",
)
ACTIONS = ("restart it", "open the settings", "write to the shop", "hold the button for ten seconds", "update it")
PLANTED = {
    "EMAIL_ADDRESS": ["anna.schmidt@example.org", "j.o'neil+desk@mail.example.co.uk", "support_7@shop.example.com"],
    "CREDIT_CARD": [
        "4111 1111 1111 1111",
        "5555555555554444",
        "3782-822463-10005",
        "2223003122003222",
        "6011000990139424",
    ],
    "IBAN_CODE": ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "FR1420041010050500013M02606"],
    "PHONE_NUMBER": ["+44 20 7946 0018", "(212) 555-0132", "+1-415-555-0198", "212-555-0172"],
    "IP_ADDRESS": ["203.0.113.42", "2001:db8::8a2e:370:7334"],
    "US_SSN": ["536-90-4399"],
    "MAC_ADDRESS": ["00:1A:2B:3C:4D:5E"],
    "CRYPTO": ["1BoatSLRHtKNngkdXEeobR76b53LETtpyT"],
}
# Ordinary writing that pattern matchers like to trip over; nothing here is personal data.
INNOCENT = (
    "My order 2125551234 from 2026-03-14 has not arrived.",
    "Order 302-1234567-1234567 was placed on 14.03.2026 at 10:45:12.",
    "Please refund 1,299.00 EUR for invoice 2026-000451-77.",
    "It stopped after updating to version 10.0.19.44 last week.",
    "The serial number is SN-8837-2219-4471 and the part is AB-1234567.",
    "Ticket 943476591 was closed on 01/02/2026, reopened 2026-02-03T09:15:00Z.",
    "Model X200-4111-1111 needs 12 V and 3.5 A; see page 192.168 of the manual.",
    "Tracking code 1Z999AA10123456784 shows no movement since Monday.",
    "Your licence key ABCDE-12345-FGHIJ-67890-KLMNO ends in 2027.",
    "Call the method on line 1234567890 of the log, error 0x80070005.",
    "We sold 4,500,000 units between 2019 and 2024, up 12.5 %.",
    "ISBN 978-3-16-148410-0 explains it in chapter 4.2.1.",
    "The room is 4.5 x 3.2 m; the ratio is 16:9 at 60.00 Hz.",
    "Reference 4539148803436467 is the job number.",
    "Use SKU 10023-44-9981 and coupon SAVE-2026-50.",
    "Meet @ 10:30, gate B12; twitter handle @example is not an address.",
)


def plain(index: int, source: random.Random) -> dict[str, str]:
    topic, action = TOPICS[index % len(TOPICS)], source.choice(ACTIONS)
    words = " ".join(source.choice(TOPICS) for _ in range(source.randint(6, 14)))
    return {
        "question": f"What can I do about the {topic} in case {index} when {words} is involved?",
        "answer": f"Please {action}, wait {source.randint(2, 59)} minutes and try {words} again.",
    }


def write(path: Path, rows: int = 300) -> dict[str, list[tuple[int, str]]]:
    """Write the table; tell row and value of everything planted, by entity."""
    source = random.Random(7)
    table = [plain(index, source) for index in range(rows)]
    for index, text in enumerate(INNOCENT):
        table[10 + index]["question"] = text
    planted: dict[str, list[tuple[int, str]]] = {}
    places = iter(range(50, rows, 3))
    for entity, values in PLANTED.items():
        for value in values:
            row = next(places)
            table[row]["answer"] += f" Contact given earlier: {value} for the file."
            planted.setdefault(entity, []).append((row, value))
    path.write_text("".join(json.dumps(row) + "\n" for row in table), encoding="utf-8")
    return planted
