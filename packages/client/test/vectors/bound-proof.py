"""Makes bound-proof.json beside it: docs/private-topics.md in another language, standard library only.

Slow, and not in constant time: for these vectors, never for keys that matter.

    python3 bound-proof.py > bound-proof.json
"""

import hashlib
import hmac
import json


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u64(value):
    return value.to_bytes(8, "big")


# secp256k1 with the nonces of RFC 6979 and a low s.
P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def add(a, b):
    if a is None:
        return b
    if b is None:
        return a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(count, point):
    total = None
    while count:
        if count & 1:
            total = add(total, point)
        point = add(point, point)
        count >>= 1
    return total


def public_key(private):
    x, y = times(int.from_bytes(private, "big"), G)
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")


def nonces(private, digest):
    reduced = (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
    k, v = bytes(32), b"\x01" * 32
    for step in (b"\x00", b"\x01"):
        k = hmac.digest(k, v + step + private + reduced, "sha256")
        v = hmac.digest(k, v, "sha256")
    while True:
        v = hmac.digest(k, v, "sha256")
        yield int.from_bytes(v, "big")
        k = hmac.digest(k, v + b"\x00", "sha256")
        v = hmac.digest(k, v, "sha256")


def sign(private, digest):
    for nonce in nonces(private, digest):
        if not 1 <= nonce < N:
            continue
        x, y = times(nonce, G)
        r = x % N
        secret = int.from_bytes(private, "big")
        s = pow(nonce, -1, N) * (int.from_bytes(digest, "big") + r * secret) % N
        if r == 0 or s == 0:
            continue
        v = (y & 1) | (2 if x >= N else 0)
        if s > N // 2:
            s, v = N - s, v ^ 1
        return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])


# X25519, RFC 7748.
Q = 2**255 - 19


def x25519(scalar, point):
    k = bytearray(scalar)
    k[0] &= 248
    k[31] = (k[31] & 127) | 64
    k = int.from_bytes(k, "little")
    x1 = int.from_bytes(point, "little") & (2**255 - 1)
    x2, z2, x3, z3 = 1, 0, x1, 1
    swap = 0
    for t in range(254, -1, -1):
        bit = (k >> t) & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % Q, b * b % Q, d * a % Q, c * b % Q
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % Q, x1 * (da - cb) ** 2 % Q
        x2, z2 = aa * bb % Q, e * (aa + 121665 * e) % Q
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, -1, Q) % Q).to_bytes(32, "little")


BASE = (9).to_bytes(32, "little")


# HKDF-SHA256, RFC 5869; 32 bytes at most are asked for.
def hkdf(secret, salt, info, count):
    key = hmac.digest(salt, secret, "sha256")
    return hmac.digest(key, info + b"\x01", "sha256")[:count]


# AES-256-GCM, FIPS 197 and SP 800-38D.
def field_times(a, b):
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def box_of(value):
    inverse = next((x for x in range(256) if field_times(value, x) == 1), 0)
    box = 0x63
    for shift in range(5):
        box ^= (inverse << shift | inverse >> (8 - shift)) & 0xFF
    return box


BOX = [box_of(value) for value in range(256)]


def expand(key):
    words = [list(key[at : at + 4]) for at in range(0, 32, 4)]
    constant = 1
    for at in range(8, 60):
        word = list(words[-1])
        if at % 8 == 0:
            word = [BOX[byte] for byte in word[1:] + word[:1]]
            word[0] ^= constant
            constant = field_times(constant, 2)
        elif at % 8 == 4:
            word = [BOX[byte] for byte in word]
        words.append([a ^ b for a, b in zip(words[at - 8], word)])
    return [sum(words[at : at + 4], []) for at in range(0, 60, 4)]


def aes(rounds, block):
    state = [a ^ b for a, b in zip(block, rounds[0])]
    for number, key in enumerate(rounds[1:], 1):
        state = [BOX[state[(at + 4 * (at % 4)) % 16]] for at in range(16)]
        if number < 14:
            mixed = []
            for column in range(0, 16, 4):
                a = state[column : column + 4]
                for row in range(4):
                    two, three = a[row], a[(row + 1) % 4]
                    rest = a[(row + 2) % 4] ^ a[(row + 3) % 4]
                    mixed.append(field_times(two, 2) ^ field_times(three, 3) ^ rest)
            state = mixed
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def ghash(h, data):
    y = 0
    for at in range(0, len(data), 16):
        y ^= int.from_bytes(data[at : at + 16], "big")
        z, v = 0, h
        for bit in range(127, -1, -1):
            if y >> bit & 1:
                z ^= v
            v = (v >> 1) ^ (0xE1 << 120 if v & 1 else 0)
        y = z
    return y.to_bytes(16, "big")


def padded(data):
    return data + bytes(-len(data) % 16)


def gcm(key, counter, associated, text):
    rounds = expand(key)
    nonce = bytes(4) + u64(counter)
    stream = b"".join(
        aes(rounds, nonce + (2 + at).to_bytes(4, "big")) for at in range(-(-len(text) // 16))
    )
    sealed = bytes(a ^ b for a, b in zip(text, stream))
    lengths = u64(8 * len(associated)) + u64(8 * len(sealed))
    h = int.from_bytes(aes(rounds, bytes(16)), "big")
    tag = ghash(h, padded(associated) + padded(sealed) + lengths)
    mask = aes(rounds, nonce + (1).to_bytes(4, "big"))
    return sealed + bytes(a ^ b for a, b in zip(tag, mask))


# Test case 14 of the GCM specification: without it an error here would be one of the other side.
assert gcm(bytes(32), 0, b"", bytes(16)).hex() == (
    "cea7403d4d606b6e074ec5d3baf39d18" "d0d1c8a799996bf0265b98b5d48ab919"
)

# The frames.
MARK = bytes([0xA5, 0x50, 0x54, 0x01])
PREFIX = "#!$TopicNeedVerify_"


def fixed(word):
    return sha256(b"bound-proof vector " + word.encode())


def tagged(use, *parts):
    return sha256(b"AMOP private topic v1 " + use + b"\x00", *parts)


def party(word):
    private, ephemeral = fixed(word + " key"), fixed(word + " ephemeral")
    return {
        "privateKey": private,
        "publicKey": public_key(private),
        "ephemeralPrivate": ephemeral,
        "ephemeralPublic": x25519(ephemeral, BASE),
        "nonce": fixed(word + " nonce"),
    }


def main():
    publisher, subscriber = party("publisher"), party("subscriber")
    name = "settlement/外汇"
    topic = PREFIX + name
    route_id = "a30b9d01" + fixed("route").hex()[8:12] + "b" + fixed("route").hex()[13:32]
    route = "#!$VerifyChannel_" + topic + "_" + route_id
    node_a, node_b = fixed("node a") + fixed("node a2"), fixed("node b") + fixed("node b2")
    issued, expires = 1_790_000_000_123, 1_790_000_600_123

    text = name.encode()
    offer = b"".join([
        MARK, b"\x01\x01", publisher["publicKey"], publisher["ephemeralPublic"], publisher["nonce"],
        node_a, node_b, u64(issued), u64(expires), bytes.fromhex(route_id), bytes([len(text)]), text,
    ])
    offer_digest = tagged(b"offer", offer)
    offer += sign(publisher["privateKey"], offer_digest)

    proof = b"".join([
        MARK, b"\x02", subscriber["publicKey"], subscriber["ephemeralPublic"], subscriber["nonce"],
    ])
    proof_digest = tagged(b"proof", sha256(offer), proof)
    shared = x25519(publisher["ephemeralPrivate"], subscriber["ephemeralPublic"])
    assert shared == x25519(subscriber["ephemeralPrivate"], publisher["ephemeralPublic"])
    salt = sha256(offer, proof)
    keys = {
        word: hkdf(shared, salt, b"AMOP private topic v1 " + use, count)
        for word, use, count in [
            ("mac", b"mac", 32), ("p2s", b"p2s", 32), ("s2p", b"s2p", 32), ("keyId", b"key id", 8),
        ]
    }
    proof += sign(subscriber["privateKey"], proof_digest)
    proof += hmac.digest(keys["mac"], proof + sha256(offer), "sha256")

    def sealed(direction, counter, first, body):
        head = MARK + b"\x04" + keys["keyId"] + u64(counter)
        associated = head + bytes([direction]) + route.encode()
        key = keys["s2p" if direction else "p2s"]
        content = head + gcm(key, counter, associated, bytes([first]) + body)
        return {"counter": counter, "first": first, "body": body, "content": content}

    epoch_id, epoch_key = fixed("epoch id")[:8], fixed("epoch key")
    hand_over = epoch_id + epoch_key + u64(expires)
    def multicast(counter, body):
        head = MARK + b"\x05" + epoch_id + u64(counter)
        content = head + gcm(epoch_key, counter, head + topic.encode(), body)
        return {"counter": counter, "body": body, "content": content}

    long = bytes(at % 256 for at in range(300))
    vectors = {
        "source": "bound-proof.py beside this file: docs/private-topics.md in Python",
        "name": name, "topic": topic, "routeId": route_id, "route": route,
        "publisherNode": node_a, "routeNode": node_b, "issuedMs": issued, "expiresMs": expires,
        "publisher": publisher, "subscriber": subscriber,
        "offer": {"digest": offer_digest, "content": offer},
        "proof": {"digest": proof_digest, "content": proof},
        "keys": {"shared": shared, "salt": salt, **keys},
        "toSubscriber": [
            sealed(0, 0, 0, b"ping"), sealed(0, 1, 1, b""), sealed(0, 2, 2, hand_over),
            sealed(0, 3, 0, long), sealed(0, 4, 3, b""), sealed(0, 2**40 + 5, 0, b"far ahead"),
        ],
        "toPublisher": [
            sealed(1, 0, 0, b"pong"), sealed(1, 2, 0, b""), sealed(1, 3, 1, long), sealed(1, 4, 2, b""),
        ],
        "epoch": {
            "id": epoch_id, "key": epoch_key, "expiresMs": expires, "handOver": hand_over,
            "multicasts": [multicast(0, b""), multicast(1, long)],
        },
        "refusals": [MARK + bytes([3, reason]) for reason in range(1, 10)],
    }
    print(json.dumps(vectors, indent=2, ensure_ascii=False, default=bytes.hex))


main()
