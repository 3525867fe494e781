#!/usr/bin/env python3
"""A hub of files in a folder, for tests: fake_hub.py ROOT [--port N] [--certificate FILE] prints its endpoint and serves
ROOT/models/OWNER/NAME/... and ROOT/datasets/OWNER/NAME/... as the Hugging Face hub does.

Files of over 1,000 bytes are "large": their addresses lead to another host (localhost instead of
127.0.0.1), and their hash is SHA-256. A repository whose name contains "gated" needs the token
"hf_good"; one whose name contains "private" is hidden without it. Its only revisions are main, v1
and the commit. ROOT/faults.json makes it fail: a list of
  {"match": part of "METHOD PATH", "times": N, "kind": ..., ...}
with the kinds of Faults below. ROOT/requests.jsonl lists what was asked, one object a line.
"""

import argparse
import hashlib
import http.server
import json
import pathlib
import socket
import ssl
import threading
import time
import urllib.parse

LARGE = 1000
PAGE = 3  # entries of a listing per answer


def git_hash(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Repository:
    def __init__(self, folder: pathlib.Path):
        self.files = {
            path.relative_to(folder).as_posix(): path
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        names = "".join(f"{name} {git_hash(path.read_bytes())}\n" for name, path in self.files.items())
        self.commit = hashlib.sha1(names.encode()).hexdigest()

    def knows(self, revision: str) -> bool:
        return revision in ("main", "v1", self.commit)

    def listing(self):
        for name, path in self.files.items():
            data = path.read_bytes()
            entry = {"type": "file", "path": name, "size": len(data), "oid": git_hash(data)}
            if len(data) > LARGE:
                sha256 = hashlib.sha256(data).hexdigest()
                entry["lfs"] = {"oid": sha256, "size": len(data), "pointerSize": 135}
            yield entry


class Faults:
    """How many times each fault has struck; faults.json is read anew for each request."""

    def __init__(self, root: pathlib.Path):
        self.file = root / "faults.json"
        self.struck: dict[str, int] = {}
        self.lock = threading.Lock()

    def next(self, request: str):
        if not self.file.exists():
            return {"kind": ""}
        with self.lock:
            for fault in json.loads(self.file.read_text()):
                key = json.dumps(fault)
                if fault["match"] in request and self.struck.get(key, 0) < fault.get("times", 1):
                    self.struck[key] = self.struck.get(key, 0) + 1
                    return fault
        return {"kind": ""}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root: pathlib.Path
    faults: Faults
    log_lock = threading.Lock()

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.serve()

    def do_GET(self):
        self.serve()

    def serve(self):
        path = urllib.parse.urlsplit(self.path).path
        fault = self.faults.next(f"{self.command} {path}")
        entry = {
            "method": self.command,
            "path": self.path,
            "host": self.headers.get("Host", "").split(":")[0],
            "authorization": self.headers.get("Authorization"),
            "range": self.headers.get("Range"),
            "if_range": self.headers.get("If-Range"),
            "fault": fault["kind"],
        }
        with Handler.log_lock, open(self.root / "requests.jsonl", "a") as log:
            log.write(json.dumps(entry) + "\n")
        if fault["kind"] == "status":
            headers = fault.get("headers", {})
            return self.answer(fault["status"], b"no", headers)
        if fault["kind"] == "redirect":
            return self.answer(302, b"", {"Location": fault["to"]})
        if fault["kind"] == "page":  # a log-in page of a network
            return self.answer(200, b"<html>log in</html>", {"Content-Type": "text/html"})
        if fault["kind"] == "slow":
            time.sleep(fault["seconds"])
        try:
            self.route(urllib.parse.unquote(path), fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def route(self, path: str, fault):
        parts = path.strip("/").split("/")
        if parts[0] == "cdn":
            return self.send_content((self.root / pathlib.Path(*parts[1:])), None, fault)
        if parts[0] == "api" and len(parts) > 3:
            # A revision is one quoted name, which may contain slashes.
            raw = [urllib.parse.unquote(p) for p in urllib.parse.urlsplit(self.path).path.strip("/").split("/")]
            return self.answer_api(raw[1], "/".join(raw[2:4]), raw[4:], fault)
        kind = "models"
        if parts[0] == "datasets":
            kind, parts = "datasets", parts[1:]
        if len(parts) > 4 and parts[2] == "resolve":
            return self.resolve(kind, "/".join(parts[:2]), parts[3], "/".join(parts[4:]), fault)
        self.answer(404, b"Not found", {})

    def repository(self, kind: str, name: str):
        folder = self.root / kind / name
        known = self.headers.get("Authorization") == "Bearer hf_good"
        if self.headers.get("Authorization") == "Bearer hf_bad":
            self.answer(401, b"", {"X-Error-Message": "Invalid credentials in Authorization header"})
            return None
        if not folder.is_dir() or ("private" in name and not known):
            self.answer(401, b"", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})
            return None
        return Repository(folder)

    def answer_api(self, kind: str, name: str, rest, fault):
        repository = self.repository(kind, name)
        if repository is None:
            return
        if rest[0] == "refs":
            names = {"branches": [{"name": "main"}], "tags": [{"name": "v1"}]}
            return self.answer(200, json.dumps(names).encode(), {})
        if not repository.knows(rest[1]):
            return self.answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
        if rest[0] == "revision":
            return self.answer(200, json.dumps({"id": name, "sha": repository.commit}).encode(), {})
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        start = int(query.get("cursor", ["0"])[0])
        entries = list(repository.listing()) + fault.get("entries", [])
        headers = {}
        if start + PAGE < len(entries):
            base = self.path.split("?")[0]
            headers["Link"] = f'<{self.endpoint()}{base}?recursive=true&cursor={start + PAGE}>; rel="next"'
        self.answer(200, json.dumps(entries[start : start + PAGE]).encode(), headers)

    def endpoint(self) -> str:
        return f"{self.server.scheme}://127.0.0.1:{self.server.server_address[1]}"

    def resolve(self, kind: str, name: str, revision: str, path: str, fault):
        repository = self.repository(kind, name)
        if repository is None:
            return
        if not repository.knows(revision):
            return self.answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
        headers = {"X-Repo-Commit": repository.commit}
        if path not in repository.files:
            return self.answer(404, b"", headers | {"X-Error-Code": "EntryNotFound"})
        if "gated" in name and self.headers.get("Authorization") != "Bearer hf_good":
            status = 403 if self.headers.get("Authorization") else 401
            return self.answer(status, b"", headers | {"X-Error-Code": "GatedRepo"})
        file = repository.files[path]
        data = file.read_bytes()
        if len(data) <= LARGE:
            headers["ETag"] = fault.get("etag", f'"{git_hash(data)}"')
            return self.send_content(file, headers, fault)
        headers["X-Linked-Etag"] = fault.get("etag", f'"{hashlib.sha256(data).hexdigest()}"')
        headers["X-Linked-Size"] = str(len(data))
        port = self.server.server_address[1]
        cdn = f"{self.server.scheme}://localhost:{port}/cdn/{urllib.parse.quote(file.relative_to(self.root).as_posix())}"
        headers["Location"] = cdn + "?Signature=secret-signature"
        self.answer(302, b"", headers)

    def send_content(self, file: pathlib.Path, headers, fault):
        data = file.read_bytes()
        headers = dict(headers or {"ETag": '"of-the-other-host"'})
        if fault["kind"] == "damage":
            data = bytes([data[0] ^ 1]) + data[1:]
        if fault["kind"] == "truncate":  # and says so in Content-Length
            data = data[: fault["bytes"]]
        status, begin = 200, 0
        wanted = self.headers.get("Range")
        unchanged = self.headers.get("If-Range") in (None, headers.get("ETag"))
        if wanted and unchanged and fault["kind"] != "no_ranges":
            begin = int(wanted.removeprefix("bytes=").rstrip("-"))
            if begin >= len(data) or fault["kind"] == "416":
                return self.answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            shift = 1 if fault["kind"] == "other_range" else 0
            begin -= shift
            status = 206
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        self.answer(status, data[begin:], headers, fault)

    def answer(self, status: int, body: bytes, headers, fault=None):
        fault = fault or {"kind": ""}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault["kind"] == "drop":
            self.wfile.write(body[: fault["bytes"]])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if fault["kind"] == "trickle":
            for i in range(0, len(body), fault["bytes"]):
                self.wfile.write(body[i : i + fault["bytes"]])
                self.wfile.flush()
                time.sleep(fault["seconds"])
            return
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    scheme = "http"

    def handle_error(self, *_):  # a client that went away
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", help="speak https with this one, whose key is in the same file")
    arguments = parser.parse_args()
    Handler.root = arguments.root.resolve()
    Handler.faults = Faults(Handler.root)
    server = Server(("127.0.0.1", arguments.port), Handler)
    if arguments.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.scheme = "https"
    print(f"{server.scheme}://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
