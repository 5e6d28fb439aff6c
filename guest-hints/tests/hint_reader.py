"""Reads hint sets that were checked already (`hotfoot-hints show` does that): the frames of each section."""
import struct


def sections(data):
    """Yields (class, heat, set of frame numbers) for each section, in pull order."""
    count, at = struct.unpack_from("<H", data, 6)[0], 40
    for _ in range(count):
        cls, heat, _, _, size = struct.unpack_from("<BBHII", data, at)
        yield cls, heat, set(frames(data[at + 12:at + 12 + size]))
        at += 12 + size


def frames(bitmap):
    """The members of a RoaringBitmap in its portable serialization."""
    cookie, count = struct.unpack_from("<II", bitmap + bytes(4))
    at, flags = 8, None
    if cookie & 0xFFFF == 12347:
        count = (cookie >> 16) + 1
        at = 4 + (count + 7) // 8
        flags = bitmap[4:at]
    heads = list(struct.iter_unpack("<HH", bitmap[at:at + 4 * count]))
    at += 4 * count + (4 * count if flags is None or count >= 4 else 0)
    for i, (key, last) in enumerate(heads):
        base = key << 16
        if flags is not None and flags[i >> 3] >> (i & 7) & 1:
            runs = struct.unpack_from("<H", bitmap, at)[0]
            for first, more in struct.iter_unpack("<HH", bitmap[at + 2:at + 2 + 4 * runs]):
                yield from range(base + first, base + first + more + 1)
            at += 2 + 4 * runs
        elif last < 4096:
            yield from (base + value for value in struct.unpack_from(f"<{last + 1}H", bitmap, at))
            at += 2 * (last + 1)
        else:
            yield from (base + i for i in range(65536) if bitmap[at + (i >> 3)] >> (i & 7) & 1)
            at += 8192
