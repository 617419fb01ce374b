"""Writes compound files (MS-CFB 2.1 to 2.6) whose streams are short, since no package writes Outlook messages."""

from __future__ import annotations

import struct
from typing import Any

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _entry(name: str, kind: int, *, right: int = _FREE, child: int = _FREE, start: int = _END, size: int = 0) -> bytes:
    wide = name.encode("utf-16-le") + b"\x00\x00"
    return struct.pack("<64sHBBIII16sIQQIQ", wide, len(wide), kind, 1, _FREE, right, child, b"", 0, 0, 0, start, size)


def compound(tree: dict[str, Any]) -> bytes:
    """A compound file of storages (mappings) and streams (bytes under 4,096)."""
    entries: list[list[Any]] = [["Root Entry", 5, _FREE, _FREE, _END, 0]]
    mini = bytearray()
    mini_fat: list[int] = []

    def add(parent: int, children: dict[str, Any]) -> None:
        before = None
        for name in sorted(children, key=lambda one: (len(one), one.upper())):
            number = len(entries)
            content = children[name]
            if isinstance(content, dict):
                entries.append([name, 1, _FREE, _FREE, 0, 0])
            else:
                start, count = len(mini) // 64, -(-len(content) // 64)
                entries.append([name, 2, _FREE, _FREE, start if count else _END, len(content)])
                mini.extend(content.ljust(count * 64, b"\x00"))
                mini_fat.extend([*range(start + 1, start + count), _END] if count else [])
            if before is None:
                entries[parent][3] = number
            else:
                entries[before][2] = number
            before = number
            if isinstance(content, dict):
                add(number, content)

    add(0, tree)
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    table = table.ljust(-(-len(table) // 512) * 512, b"\xff")
    mini = mini.ljust(-(-len(mini) // 512) * 512, b"\x00")
    count = -(-len(entries) // 4)
    directory_at, table_at = 1, 1 + count
    mini_at = table_at + len(table) // 512
    total = mini_at + len(mini) // 512
    entries[0][4:] = [mini_at, len(mini_fat) * 64]
    directory = b"".join(_entry(name, kind, right=right, child=child, start=start, size=size) for name, kind, right, child, start, size in entries)
    directory += _entry("", 0) * (count * 4 - len(entries))
    fat = [_FAT]
    for first, end in ((directory_at, table_at), (table_at, mini_at), (mini_at, total)):
        fat += [*range(first + 1, end), _END] if end > first else []
    assert len(fat) <= 128
    header = struct.pack("<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, 1, directory_at, 0, 4096, table_at, len(table) // 512, _END, 0, 0)
    return header.ljust(512, b"\xff") + struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff") + directory + table + bytes(mini)


def message(fields: dict[str, str], *, recipients: list[dict[str, str]] = [], attachments: dict[str, bytes | dict[str, Any]] = {}, sent: int = 0, inner: bool = False) -> dict[str, Any]:  # noqa: B006
    """The tree of an Outlook message (MS-OXMSG 2): text properties by id, recipients, attachments."""
    fixed = struct.pack("<IIQ", 0x00390040, 6, sent) if sent else b""
    tree: dict[str, Any] = {"__properties_version1.0": bytes(24 if inner else 32) + fixed}
    tree |= {f"__substg1.0_{identity}001F": text.encode("utf-16-le") for identity, text in fields.items()}
    for number, one in enumerate(recipients):
        tree[f"__recip_version1.0_#{number:08X}"] = {f"__substg1.0_{identity}001F": text.encode("utf-16-le") for identity, text in one.items()}
    for number, (name, content) in enumerate(attachments.items()):
        held = {"__substg1.0_37010102": content} if isinstance(content, bytes) else {"__substg1.0_3701000D": content}
        tree[f"__attach_version1.0_#{number:08X}"] = {"__substg1.0_3707001F": name.encode("utf-16-le"), **held}
    return tree
