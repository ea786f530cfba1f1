"""Makes the vectors of file transfers: frames and keys in another language, from their description alone.

Needs the package cryptography, for AES-256-GCM.

    python3 file-transfer.py frames > ../../../codec/test/vectors/file-transfer.json
    python3 file-transfer.py sealed > file-transfer.json
"""

import hashlib
import hmac
import json
import struct
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SOURCE = "computed by an independent program: file-transfer.py in packages/client/test/vectors"
OFFER, VERDICT, REQUEST, REPLY = 1, 2, 3, 4


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def fixed(word, count):
    return sha256(b"file-transfer vector " + word.encode())[:count]


# RFC 5869.
def hkdf(secret, salt, info, count):
    key = hmac.digest(salt, secret, "sha256")
    made, block, number = b"", b"", 1
    while len(made) < count:
        block = hmac.digest(key, block + info + bytes([number]), "sha256")
        made, number = made + block, number + 1
    return made[:count]


assert hkdf(bytes([11] * 22), bytes(range(13)), bytes(range(0xF0, 0xFA)), 42).hex() == (
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
), "appendix A.1"


# RFC 6962, 2.1 and 2.1.1, as they are written there: from the top down.
def split(count):
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def tree_hash(chunks):
    if not chunks:
        return sha256()
    if len(chunks) == 1:
        return sha256(b"\x00", chunks[0])
    k = split(len(chunks))
    return sha256(b"\x01", tree_hash(chunks[:k]), tree_hash(chunks[k:]))


def tree_path(index, chunks):
    if len(chunks) == 1:
        return []
    k = split(len(chunks))
    if index < k:
        return tree_path(index, chunks[:k]) + [tree_hash(chunks[k:])]
    return tree_path(index - k, chunks[k:]) + [tree_hash(chunks[:k])]


def head(kind):
    return b"\xa5FT\x01" + bytes([kind])


def offer(transfer, toAll, secret, root, size, chunkBytes, name, receiver=None):
    flags = (1 if toAll else 0) + (0 if receiver is None else 2)
    text = name.encode()
    return b"".join([
        head(OFFER), bytes([flags]), transfer, secret, root, struct.pack(">QI", size, chunkBytes),
        receiver or bytes(16), struct.pack(">H", len(text)), text,
    ])


def answer(transfer, receiver, verdict, reason):
    return head(VERDICT) + transfer + receiver + bytes([verdict]) + reason.encode()


def request(kind, receiver, attempt, **more):
    start = receiver + struct.pack(">I", attempt)
    if kind == "join":
        return b"\x01" + start + struct.pack(">I", more["have"])
    if kind == "pull":
        return b"\x02" + start + struct.pack(">II?", more["have"], more["index"], more["isCheck"])
    return b"\x03" + start + bytes([more["end"]]) + more["reason"].encode()


def reply(kind, path=(), bytes=b"", reason=""):
    if kind == "chunk":
        return struct.pack("BB", 1, len(path)) + b"".join(path) + bytes
    return struct.pack("B", {"ok": 0, "refused": 2, "later": 3}[kind]) + reason.encode()


def request_head(party, run, counter):
    return head(REQUEST) + party + run + struct.pack(">Q", counter)


def reply_head(run, counter):
    return head(REPLY) + run + struct.pack(">Q", counter)


def seal(key, counter, text, associated):
    return AESGCM(key).encrypt(struct.pack(">4xQ", counter), text, associated)


FILE = bytes(at * at % 251 for at in range(2500))
CHUNKS = [FILE[at : at + 1024] for at in range(0, len(FILE), 1024)]
TRANSFER, SECRET = fixed("transfer", 16), fixed("secret", 32)
RECEIVER, OTHER = fixed("receiver", 16), fixed("other receiver", 16)
RECEIVER_RUN, SENDER_RUN = fixed("receiver run", 8), b"\x00" + fixed("sender run", 7)
ROOT = tree_hash(CHUNKS)
PARTY = hkdf(SECRET, TRANSFER, b"amop file party", 8)
REQUEST_KEY = hkdf(SECRET, TRANSFER, b"amop file request " + RECEIVER_RUN.hex().encode(), 32)
REPLY_KEY = hkdf(SECRET, TRANSFER, b"amop file reply " + SENDER_RUN.hex().encode(), 32)

OFFERS = {
    "to the first": {
        "transfer": TRANSFER, "toAll": False, "secret": SECRET, "root": ROOT,
        "size": len(FILE), "chunkBytes": 1024, "name": "年报 2025.pdf",
    },
    "to all": {
        "transfer": fixed("transfer of nothing", 16), "toAll": True,
        "secret": fixed("secret of nothing", 32), "root": tree_hash([]),
        "size": 0, "chunkBytes": 262_144, "name": "",
    },
    "bound, the largest": {
        "transfer": fixed("largest transfer", 16), "toAll": False,
        "secret": fixed("largest secret", 32), "root": fixed("largest root", 32),
        "size": 2**41, "chunkBytes": 2**23, "name": "../a\\b", "receiver": OTHER,
    },
}
ANSWERS = {
    "accepted": {"transfer": TRANSFER, "receiver": RECEIVER, "verdict": 0, "reason": ""},
    "refused": {"transfer": TRANSFER, "receiver": OTHER, "verdict": 1, "reason": "too-large"},
    "later": {"transfer": TRANSFER, "receiver": OTHER, "verdict": 2, "reason": "busy"},
}
ME = {"receiver": RECEIVER, "attempt": 1}
REQUESTS = {
    "join": {"kind": "join", **ME, "have": 0},
    "pull": {"kind": "pull", **ME, "have": 0, "index": 0, "isCheck": False},
    "pull again": {"kind": "pull", **ME, "have": 1, "index": 2, "isCheck": True},
    "report done": {"kind": "report", **ME, "end": 1, "reason": ""},
    "report failed": {
        "kind": "report", "receiver": RECEIVER, "attempt": 2**32 - 1, "end": 2, "reason": "disk-full",
    },
    "report refused": {"kind": "report", **ME, "end": 3, "reason": "x" * 64},
}
REPLIES = {
    "ok": {"kind": "ok"},
    "first chunk": {"kind": "chunk", "path": tree_path(0, CHUNKS), "bytes": CHUNKS[0]},
    "last chunk": {"kind": "chunk", "path": tree_path(2, CHUNKS), "bytes": CHUNKS[2]},
    "refused": {"kind": "refused", "reason": "taken"},
    "later": {"kind": "later", "reason": "busy"},
}
# Which request is sealed under which counter, and what is said to it under which counter.
EXCHANGES = [
    ("join", 0, "ok", 0),
    ("pull", 1, "first chunk", 1),
    ("pull again", 2, "last chunk", 2),
    ("pull", 3, "later", 2**40 + 5),
    ("pull", 2**53 - 1, "refused", 2**53 - 1),
    ("report done", 4, "ok", 3),
]


def exchange(asked, asked_counter, said, said_counter):
    asked_head = request_head(PARTY, RECEIVER_RUN, asked_counter)
    asked_text = request(**REQUESTS[asked])
    said_head = reply_head(SENDER_RUN, said_counter)
    said_text = reply(**REPLIES[said])
    return {
        "request": {
            "says": asked, "counter": asked_counter, "text": asked_text,
            "content": asked_head
            + seal(REQUEST_KEY, asked_counter, asked_text, asked_head + TRANSFER),
        },
        "reply": {
            "says": said, "counter": said_counter, "text": said_text,
            "content": said_head
            + seal(REPLY_KEY, said_counter, said_text, said_head + TRANSFER + asked_head),
        },
    }


def envelopes():
    made = []
    for each in (EXCHANGES[0], EXCHANGES[4]):
        asked, asked_counter, said, said_counter = each
        both = exchange(*each)
        for frame, name, party, run, counter, content in [
            ("sealed-request", asked, PARTY, RECEIVER_RUN, asked_counter, both["request"]["content"]),
            ("sealed-reply", said, b"", SENDER_RUN, said_counter, both["reply"]["content"]),
        ]:
            sealed = content[5 + len(party) + 8 + 8 :]
            fields = {"party": party, "run": run, "counter": counter, "sealed": sealed}
            made.append(vector(frame, name, fields, content))
    return made


def vector(frame, name, fields, content):
    return {"name": f"{frame}: {name}", "source": SOURCE, "frame": frame, "fields": fields, "hex": content}


def frames():
    tables = [
        ("offer", OFFERS, offer), ("answer", ANSWERS, answer),
        ("request", REQUESTS, request), ("reply", REPLIES, reply),
    ]
    plain = [
        vector(frame, name, fields, encode(**fields))
        for frame, table, encode in tables
        for name, fields in table.items()
    ]
    return plain + envelopes()


def sealed():
    return {
        "source": SOURCE,
        "transfer": TRANSFER, "secret": SECRET, "party": PARTY,
        "file": {"chunkBytes": 1024, "bytes": FILE, "root": ROOT},
        "offer": offer(**OFFERS["to the first"]), "answer": answer(**ANSWERS["accepted"]),
        "receiver": {"id": RECEIVER, "run": RECEIVER_RUN, "requestKey": REQUEST_KEY},
        "sender": {"run": SENDER_RUN, "replyKey": REPLY_KEY},
        "exchanges": [exchange(*each) for each in EXCHANGES],
    }


made = {"frames": frames, "sealed": sealed}[sys.argv[1]]()
print(json.dumps(made, indent=1, ensure_ascii=False, default=bytes.hex))
