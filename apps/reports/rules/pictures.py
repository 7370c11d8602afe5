"""Pictures that people bring: told by their first bytes, and how large they are drawn, without decoding them."""

PNG, JPEG = "image/png", "image/jpeg"
_TYPES = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers of a frame (ITU-T T.81, table B.1)


def picture_type(content: bytes) -> str:
    """`image/png` or `image/jpeg`. Raises ValueError for anything else."""
    for start, kind in _TYPES:
        if content.startswith(start):
            return kind
    raise ValueError("A picture is a PNG or a JPEG.")


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the head of the file says. Raises ValueError where there is no such head."""
    if picture_type(content) == PNG:
        if content[12:16] != b"IHDR" or len(content) < 24:
            raise ValueError("This PNG has no head.")
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return _jpeg_size(content)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4], "big")
        if marker in _SIZED:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        place += 2 + length
    raise ValueError("This JPEG has no frame.")
