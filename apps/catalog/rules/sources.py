"""The words of sources."""

# Article 53(1)(c) of Regulation (EU) 2024/1689 asks whether rights were reserved under Article 4(3) of (EU) 2019/790.
TDM_RESERVATIONS = {
    "unknown": "Nobody has looked",
    "none": "Looked for, none found",
    "reserved": "Mining is reserved",
    "permitted": "Mining is expressly allowed",
    "not_applicable": "Does not apply",
}
