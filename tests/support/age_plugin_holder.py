#!/usr/bin/env python3
"""A plugin of age (C2SP age-plugin), such as a token's: it holds an X25519 key and unwraps stanzas.

    age-plugin-holder --identity            prints the identity that stands for the key
    age-plugin-holder --age-plugin=identity-v1     what age calls

The key is that of the identity file in $HOLDER_KEY. Everything is written here from RFC 7748,
RFC 8439, RFC 5869 and BIP 173, so that nothing of ours is believed.
"""
import base64
import hashlib
import hmac
import os
import struct
import sys

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
P = 2 ** 255 - 19


def polymod(values):
    c = 1
    for v in values:
        top, c = c >> 25, (c & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            c ^= g if top >> i & 1 else 0
    return c


def bech32(hrp, data):
    bits = "".join("%d" % (b >> i & 1) for b in data for i in range(7, -1, -1))
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[i:i + 5], 2) for i in range(0, len(bits), 5)]
    head = [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]
    c = polymod(head + values + [0] * 6) ^ 1
    return hrp + "1" + "".join(LETTERS[v] for v in values + [c >> 5 * (5 - i) & 31 for i in range(6)])


def secret():
    with open(os.environ["HOLDER_KEY"]) as f:
        text = next(line for line in f if line.startswith("AGE-SECRET-KEY-1")).strip().lower()
    bits = "".join("{:05b}".format(LETTERS.index(c)) for c in text[len("age-secret-key-1"):-6])
    return bytes(int(bits[i:i + 8], 2) for i in range(0, 256, 8))


def x25519(k, u):
    n = int.from_bytes(k, "little") & ~7 & (2 ** 255 - 1) | 2 ** 254
    x1 = int.from_bytes(u, "little") & (2 ** 255 - 1)
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in range(254, -1, -1):
        bit = n >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a, c * b, a * a, b * b
        x3, z3, x2 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P, aa * bb % P
        z2 = (aa - bb) * (aa + 121665 * (aa - bb)) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def hkdf(salt, ikm, info):
    prk = hmac.new(salt, ikm, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


def chacha20_block(key, counter):
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + bytes(12)))
    w = list(state)

    def quarter(a, b, c, d):
        for x, y, z, r in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            w[x] = w[x] + w[y] & 0xFFFFFFFF
            w[z] ^= w[x]
            w[z] = (w[z] << r | w[z] >> 32 - r) & 0xFFFFFFFF
    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<16I", *(a + b & 0xFFFFFFFF for a, b in zip(w, state)))


def unwrap(share, body):
    """The file key, or nonsense if the stanza is for somebody else: its header MAC tells age."""
    key = secret()
    public = x25519(key, (9).to_bytes(32, "little"))
    wrap = hkdf(share + public, x25519(key, share), b"age-encryption.org/v1/X25519")
    return bytes(a ^ b for a, b in zip(body[:16], chacha20_block(wrap, 1)))


def unbase64(s):
    return base64.b64decode(s + "=" * (-len(s) % 4))


def read_stanza():
    words, body = sys.stdin.readline().split()[1:], ""
    while True:
        line = sys.stdin.readline().rstrip("\n")
        body += line
        if len(line) < 64:
            return words, unbase64(body)


def write_stanza(*words, body=b""):
    print("->", *words)
    print(base64.b64encode(body).decode().rstrip("="), flush=True)


def main():
    if sys.argv[1:] == ["--identity"]:
        print(bech32("age-plugin-holder-", b"1").upper())
        return
    stanzas = {}
    while True:
        words, body = read_stanza()
        if words[0] == "done":
            break
        if words[0] == "recipient-stanza" and words[2] == "X25519":
            stanzas.setdefault(words[1], []).append((unbase64(words[3]), body))
    for number, rows in stanzas.items():
        write_stanza("file-key", number, body=unwrap(*rows[0]))
        read_stanza()
    write_stanza("done")


if __name__ == "__main__":
    main()
