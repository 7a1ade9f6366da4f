"""Keys that no one ever had, from a seed, and everything in which a key may be carried."""
import base64
import binascii
import bz2
import gzip
import html
import io
import json
import lzma
import pickle
import plistlib
import quopri
import random
import struct
import subprocess
import tarfile
import textwrap
import urllib.parse
import zipfile
import zlib

TYPES = ["api03", "admin01", "api01", "oat01", "ort01", "sid01"]


class Keys:
    def __init__(self, seed):
        self.chance = random.Random(seed)

    def data(self, count):
        return bytes(self.chance.randrange(256) for _ in range(count))

    def claude(self, kind="api03"):
        def url(data):
            return base64.urlsafe_b64encode(data).decode().rstrip("=")
        return f"sk-ant-{kind}-{url(self.data(64))}-{url(self.data(4) + bytes(2))}"


def tar_of(members, mode="w", name=lambda n: n):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for path, data in members.items():
            info = tarfile.TarInfo(name(path))
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_of(members, how=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return out.getvalue()


def docker_image(members, deleted):
    """As `docker save` writes it: layers, of which the second deletes what the first brought, and a configuration."""
    first = tar_of({**members, **deleted})
    second = tar_of({f"etc/.wh.{path.split('/')[-1]}": b"" for path in deleted})
    config = json.dumps({"config": {"Env": ["PATH=/bin"]}, "history": [{"created_by": "COPY . ."}]}).encode()
    manifest = json.dumps([{"Config": "c.json", "Layers": ["1/layer.tar", "2/layer.tar"]}]).encode()
    return tar_of({"1/layer.tar": first, "2/layer.tar": second, "c.json": config, "manifest.json": manifest})


def oci_image(members):
    layer = gzip.compress(tar_of(members))
    return tar_of({"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "blobs/sha256/" + "a" * 64: layer, "index.json": b"{}"})


def text_carriers(key, noise):
    """name -> bytes, for any key."""
    k = key.encode()
    b64 = base64.b64encode(k).decode()
    yield from {
        "env": f"ANTHROPIC_API_KEY={key}\n", "crlf": f"KEY={key}\r\nX=1\r\n", "json": json.dumps({"key": key}), "json in json": json.dumps(json.dumps({"key": key})),
        "yaml": f"key: {key}\n", "toml": f'key = "{key}"\n', "ini": f"[a]\nkey={key};comment\n", "xml": f"<key>{key}</key>", "html attribute": f"<a data-k='{key}'>",
        "url": f"https://h/?key={key}&x=1", "basic auth": f"https://user:{key}@host/", "markdown": f"`{key}`, (see {key})", "csv": f"1,{key},2\n", "log": f"2026-11-30 x-api-key: {key} 401\n",
        "ansi": f"\x1b[33m{key}\x1b[0m\n", "ansi inside": f"{key[:50]}\x1b[7m{key[50:]}\n", "shell": f"export K='{key}'\n", "powershell": f"$env:K = \"{key}\"\r\n", "docker": f"ENV K={key}\n",
        "glued": f"KEY_{key}", "doubled": key + key, "in parens": f"f({key})", "at end of sentence": f"It is {key}.", "regex": f"/{key}/g", "percent": urllib.parse.quote(key, safe="").replace("-", "%2D"),
        "percent all": "".join(f"%{c:02X}" for c in k), "percent twice": key.replace("-", "%252D"), "unicode escape": key.replace("-", "\\u002d"), "hex escape": key.replace("-", "\\x2d"),
        "entities": "".join(f"&#{c};" for c in k), "entities hex": "".join(f"&#x{c:x};" for c in k), "html hyphens": key.replace("-", "&#45;"), "html escaped": html.escape(f'"{key}"'),
        "base64": b64, "base64 one off": base64.b64encode(b"K" + k).decode(), "base64 two off": base64.b64encode(b"K=" + k).decode(), "base64 url": base64.urlsafe_b64encode(b"K=" + k + noise).decode(),
        "base64 mime": base64.encodebytes(b"some text before\n" + k + b"\nand after").decode(), "base64 twice": base64.b64encode(b64.encode()).decode(),
        "kubernetes": "data:\n  key: " + b64 + "\n", "helm": base64.b64encode(base64.b64encode(gzip.compress(json.dumps({"k": key}).encode()))).decode(),
        "gzip in base64": base64.b64encode(gzip.compress(k * 2)).decode(), "encoded command": base64.b64encode(f"$k='{key}'".encode("utf-16-le")).decode(), "jwt payload": "eyJhbGciOiJub25lIn0." + base64.urlsafe_b64encode(json.dumps({"k": key}).encode()).decode().rstrip("=") + ".",
        "pem": "-----BEGIN X-----\n" + "\n".join(textwrap.wrap(base64.b64encode(b"x" * 61 + k).decode(), 64)) + "\n-----END X-----\n",
        "data uri": "data:application/json;base64," + base64.b64encode(json.dumps({"k": key}).encode()).decode(), "hex": k.hex(), "hex upper": k.hex().upper(), "hex spaced": k.hex(" "), "hex colons": k.hex(":"),
        "c array": ", ".join(f"0x{c:02x}" for c in k), "bytes list": json.dumps(list(k)), "buffer": json.dumps({"type": "Buffer", "data": list(k)}, indent=2), "char list": ", ".join(f"'{c}'" for c in key),
        "quoted-printable": quopri.encodestring(f"A line that is long enough to be wrapped: {key} and more".encode()).decode(), "js concat": f'const k = "{key[:30]}" +\n  "{key[30:70]}" + "{key[70:]}";',
        "js join": f'["{key[:20]}", "{key[20:]}"].join("")', "python implicit": f'k = ("{key[:44]}"\n     "{key[44:]}")', "python f": f'k = f"{key[:44]}" f"{key[44:]}"', "php": f"$k = '{key[:40]}' . '{key[40:]}';",
        "c literals": f'char k[] = "{key[:33]}"\n  "{key[33:]}";', "shell continued": f"K={key[:60]}\\\n{key[60:]}\n", "java append": f'b.append("{key[:50]}").append("{key[50:]}");', "java plus": f'"sk-" + "ant-" + "{key[7:]}"',
        "vb": f'k = "{key[:50]}" & _\r\n    "{key[50:]}"', "lua": f'k = "{key[:50]}" .. "{key[50:]}"', "template": f"`{key[:20]}` + `{key[20:]}`", "comment wrap": f"// {key[:60]}\n// {key[60:]}\n",
        "mail quote": f"> {key[:70]}\n> {key[70:]}\n", "terminal wrap": "\n".join(textwrap.wrap(key, 80, break_on_hyphens=False)), "yaml folded": "k: >-\n  " + "\n  ".join(textwrap.wrap(key, 40, break_on_hyphens=False)),
        "patch": f"+k = '{key}'\n", "reversed": key[::-1], "ruby": f"k = '{key[:50]}' <<\n  '{key[50:]}'", "har": json.dumps({"log": {"entries": [{"request": {"headers": [{"name": "x-api-key", "value": key}]}}]}}),
        "har body": json.dumps({"content": {"encoding": "base64", "text": base64.b64encode(json.dumps({"k": key}).encode()).decode()}}),
    }.items()


def binary_carriers(key, noise):
    k = key.encode()
    dump = subprocess.run(["hexdump", "-C"], input=b"API_KEY=" + k + b"\n", capture_output=True, check=False).stdout if subprocess.run(["which", "hexdump"], capture_output=True, check=False).returncode == 0 else k
    yield from {
        "utf-16 le": f"key={key}\r\n".encode("utf-16-le"), "utf-16 be": f"key={key}\r\n".encode("utf-16-be"), "utf-16 bom": f"key={key}\r\n".encode("utf-16"), "binary plist": plistlib.dumps({"k": key}, fmt=plistlib.FMT_BINARY),
        "xml plist": plistlib.dumps({"k": key}), "pickle": pickle.dumps({"k": key}), "length before": struct.pack(">H", len(k)) + k + b"\x01", "protobuf": b"\x0a" + bytes([len(k)]) + k + b"\x12\x01a", "msgpack": b"\xd9" + bytes([len(k)]) + k,
        "merged strings": b"com/v1/message" + k + b"anthropic-version", "nul": b"\0" + k + b"\0", "noise": noise + k + noise, "hexdump": dump,
        "gz": gzip.compress(b"K=" + k), "bz2": bz2.compress(b"K=" + k), "xz": lzma.compress(b"K=" + k), "lzma": None, "tar": tar_of({"a/.env": b"K=" + k}), "tar.gz": tar_of({"a/.env": b"K=" + k}, "w:gz"),
        "tar.xz": tar_of({"a/.env": k}, "w:xz"), "zip": zip_of({"a.txt": b"x" * 5000 + k}), "zip stored": zip_of({"a.txt": k}, zipfile.ZIP_STORED), "zip bz2": zip_of({"a": k * 9}, zipfile.ZIP_BZIP2), "zip lzma": zip_of({"a": k * 9}, zipfile.ZIP_LZMA),
        "jar in zip": zip_of({"lib/x.jar": zip_of({"C.class": b"\x01\0l" + k + b"\x07"})}), "five deep": zip_of({"1": gzip.compress(tar_of({"2": zip_of({"3": b"K=" + k})}))}), "wheel in tar.gz": tar_of({"w.whl": zip_of({"m.py": k})}, "w:gz"),
        "zip behind a program": b"#!/bin/sh\nexit\n" + zip_of({"a": k}, zipfile.ZIP_STORED), "docker": docker_image({"etc/x": b"1"}, {"etc/.env": b"K=" + k}), "oci": oci_image({"app/.env": b"K=" + k}),
        "base64 in gz": gzip.compress(base64.b64encode(b"K=" + k)), "sparse": bytes(3_000_000) + k, "late": noise * 40000 + k + b"\n", "over a piece": bytes(1024 * 1024 - 50) + k + bytes(500_000),
    }.items()


def near_misses(keys):
    """What is no key, and looks like one."""
    whole = keys.claude()
    yield from ["sk-ant-...", "sk-ant-api03-...", "sk-ant-api03-R2D...igAA", "sk-ant-api03-YOUR_API_KEY", "sk-ant-your-key-here", "sk-ant-api03-xxxxxxxx", "ssk-ant-api04-NotARealKeyButLooksLikeOne", "sk-openai-123456",
                "sk-ant-api02-notarealkey", "sk-ant-oat01-REDACTED", "sk-ant-api03-" + "*" * 95, "lks_" + "x" * 49, "lks_YOUR_KEY", "walks_into_a_bar", "<sk-ant-api03-KEY>", "${SK_ANT_KEY}", "sk-ant-[a-z0-9]+"]
    for c in "xX0aAZ_-":
        yield "sk-ant-api03-" + c * 93 + "AA"
        yield "sk-ant-oat01-" + c * 95
    for word in ["EXAMPLE", "example", "abc123", "test-key-", "R2D2C3PO", "abcdefghijklmnopqrstuvwxyz0123456789", "PLACEHOLDER-", "Sk1", "your-key-", "0123456789"]:
        for kind in ["api03", "admin01", "oat01", "ort01", "sid01"]:
            yield f"sk-ant-{kind}-" + (word * 95)[:93] + "AA"
    for length in list(range(14, 107, 4)):
        yield whole[:length]
        yield whole[:length] + "..."
    for at in range(20, 100, 8):
        yield whole[:at] + "…" + whole[at + 4:at + 30]
    for _ in range(60):
        other = keys.claude()
        yield "sk-ant-api03-" + other[30:60] + "-" + other[40:70] + ("B" * 5)
        yield other[7:]
