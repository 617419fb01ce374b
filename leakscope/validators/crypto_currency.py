"""Addresses of crypto-currencies: base58check, bech32 and EIP-55."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping

_BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_MASK = (1 << 64) - 1


def _base58(text: str, alphabet: str = _BITCOIN) -> bytes | None:
    number = 0
    for c in text:
        if c not in alphabet:
            return None
        number = number * 58 + alphabet.index(c)
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base58check_holds(text: str, alphabet: str = _BITCOIN, *, length: int = 25) -> bool:
    """
    Whether the last four bytes are the double SHA-256 of the rest, which is `length` - 4 bytes long.

    Source:
        Bitcoin developer reference, address conversion.
    """
    raw = _base58(text, alphabet)
    return raw is not None and len(raw) == length and hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATORS):
            check ^= generator if top >> i & 1 else 0
    return check


def bech32_holds(text: str) -> bool:
    """
    Whether a bech32 or bech32m checksum holds.

    Source:
        BIP 173 and BIP 350.
    """
    if text.lower() != text and text.upper() != text:
        return False
    prefix, _, data = text.lower().rpartition("1")
    if not prefix or len(data) < 7 or any(c not in _BECH32 for c in data):
        return False
    expanded = [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix)]
    return _polymod([*expanded, *(_BECH32.index(c) for c in data)]) in (1, 0x2BC830A3)


def _rotate(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & _MASK if by else value


def _round_constants() -> list[int]:
    """Iota constants from the degree-8 LFSR of FIPS 202, algorithm 5."""
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            constant |= (register & 1) << ((1 << j) - 1)
            register = (register << 1) ^ (0x171 if register >> 7 else 0)
        constants.append(constant)
    return constants


_IOTA = _round_constants()


def _permute(lanes: list[list[int]]) -> list[list[int]]:
    for iota in _IOTA:
        columns = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
        lanes = [[lanes[x][y] ^ columns[(x + 4) % 5] ^ _rotate(columns[(x + 1) % 5], 1) for y in range(5)] for x in range(5)]
        x, y, current = 1, 0, lanes[1][0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x][y] = lanes[x][y], _rotate(current, (t + 1) * (t + 2) // 2 % 64)
        for y in range(5):
            row = [lanes[x][y] for x in range(5)]
            for x in range(5):
                lanes[x][y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5])
        lanes[0][0] ^= iota
    return lanes


def keccak256(message: bytes) -> bytes:
    """
    Keccak-256 with the original padding, which Ethereum uses; for messages of at most 135 bytes.

    Source:
        Keccak submission (2011); FIPS 202 permutation with padding byte 01 in place of 06.
    """
    block = bytearray(message.ljust(136, b"\0"))
    block[len(message)] ^= 0x01
    block[135] ^= 0x80
    words = [int.from_bytes(block[i : i + 8], "little") for i in range(0, 136, 8)]
    lanes = [[words[x + 5 * y] if x + 5 * y < 17 else 0 for y in range(5)] for x in range(5)]
    lanes = _permute(lanes)
    return b"".join(lanes[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


def _ethereum(text: str) -> bool:
    """
    Twenty bytes in hex, not all alike; where letters are in mixed case, the case is the checksum.

    Source:
        EIP-55.
    """
    body = text[2:]
    if len(set(body.lower())) < 4:
        return False
    if body in (body.lower(), body.upper()):
        return True
    digest = keccak256(body.lower().encode()).hex()
    return all(c.isdigit() or c.isupper() == (int(d, 16) >= 8) for c, d in zip(body, digest, strict=False))


def _bitcoin(text: str) -> bool:
    return bech32_holds(text) if text.lower().startswith("bc1") else base58check_holds(text)


def _litecoin(text: str) -> bool:
    return bech32_holds(text) if text.lower().startswith("ltc1") else base58check_holds(text)


def _stellar(text: str) -> bool:
    """
    Public key in base32 with CRC-16/XMODEM.

    Source:
        Stellar SEP-23, strkey.
    """
    try:
        raw = base64.b32decode(text)
    except binascii.Error:
        return False
    return len(raw) == 35 and raw[0] == 6 << 3 and binascii.crc_hqx(raw[:-2], 0).to_bytes(2, "little") == raw[-2:]


def _solana(text: str) -> bool:
    raw = _base58(text)
    return raw is not None and len(raw) == 32 and any(c.isdigit() for c in text) and any(c.isupper() for c in text)


def _algorand(text: str) -> bool:
    """
    Public key in base32 with the last four bytes of its SHA-512/256.

    Source:
        Algorand developer documentation, addresses.
    """
    try:
        raw = base64.b32decode(text + "======")
    except binascii.Error:
        return False
    return len(raw) == 36 and hashlib.new("sha512_256", raw[:32]).digest()[-4:] == raw[32:]


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "bitcoin_address": _bitcoin,
    "litecoin_address": _litecoin,
    "base58check": base58check_holds,
    "ripple_address": lambda text: base58check_holds(text, _RIPPLE),
    "bech32": bech32_holds,
    "ethereum_address": _ethereum,
    "stellar_address": _stellar,
    "solana_address": _solana,
    "tezos_address": lambda text: base58check_holds(text, length=27),
    "algorand_address": _algorand,
}
