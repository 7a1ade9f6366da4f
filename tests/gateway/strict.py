"""Sends cases of raw HTTP/1.1 through the gateway to a recorder that stands for the API, and says which were judged wrongly.

    strict.py PORT_FILE GO_FILE CASES...      called by strict.sh

The recorder's port goes into PORT_FILE; once GO_FILE holds "PORT KEY" of the gateway, the cases begin. Cases are .jsonl (id,
bytes_b64, expected, also_ok, witness) or .tsv (id, expected, also right, why, bytes). A verdict is accept, reject_400 (or
closed without an answer), reject_any, or a status.
"""
import base64, json, os, re, socket, socketserver, sys, threading, time

STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")


class Recorder(socketserver.BaseRequestHandler):
    """Reads requests as the gateway frames them, which must be by a length or in chunks, and answers 200."""
    heads, faults, lock = [], [], threading.Lock()

    def line(self):
        text = self.stream.readline(1 << 17)
        if not text.endswith(b"\r\n"):
            raise ValueError("no CR LF at the end of %r" % text[:60])
        return text[:-2]

    def body(self, fields):
        lengths = [v for n, v in fields if n == "content-length"]
        codings = [v for n, v in fields if n == "transfer-encoding"]
        if len(lengths) + len(codings) > 1:
            raise ValueError("more than one framing")
        if lengths:
            self.stream.read(int(lengths[0]))
        while codings:
            size = int(self.line(), 16)
            if size == 0:
                if self.line():
                    raise ValueError("a trailer was forwarded")
                return
            self.stream.read(size)
            self.line()

    def handle(self):
        self.stream = self.request.makefile("rb")
        try:
            while self.stream.peek(1):
                start, fields = self.line().decode("latin1"), []
                while text := self.line().decode("latin1"):
                    name, _, value = text.partition(":")
                    fields.append((name.lower(), value.strip()))
                self.body(fields)
                with self.lock:  # a request that breaks off before its end was none
                    self.heads.append((start, fields))
                self.request.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n" + (b"" if start.startswith("HEAD ") else b"ok"))
        except (OSError, ValueError) as fault:
            if isinstance(fault, ValueError):
                self.faults.append(str(fault))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 128


def dressed(data, key):
    for path in (b"/", b"/v1/messages"):
        data = data.replace(b"POST %s HTTP" % path, b"POST /v1/files HTTP")
    for path in (b"/", b"/p1", b"/p2"):
        data = data.replace(b"GET %s HTTP" % path, b"GET /v1/models HTTP")
    return data.replace(b"\r\nHost: gw.test\r\n", b"\r\nHost: gw.test\r\nx-api-key: " + key + b"\r\n")


def exchange(port, data):
    client = socket.create_connection(("127.0.0.1", port))
    client.settimeout(0.3)
    out, closed = b"", False
    try:
        client.sendall(data)
        while piece := client.recv(65536):
            out += piece
            client.settimeout(0.04)  # what follows an answer comes at once
        closed = True
    except socket.timeout:
        pass
    except OSError:
        closed = True
    client.close()
    statuses = [int(s) for s in STATUS.findall(out)]
    return next((s for s in statuses if s != 100), None), closed


def fits(verdict, status, closed):
    accepted = status is not None and 200 <= status < 300
    if verdict == "accept":
        return accepted
    if verdict == "reject_any":
        return not accepted
    if verdict == "reject_400":
        return status == 400 or (status is None and closed)
    return verdict.isdigit() and status == int(verdict)


def read_cases(path):
    for text in open(path, encoding="utf-8"):
        if path.endswith(".jsonl"):
            case = json.loads(text)
            yield case["id"], [case["expected"], *case["also_ok"]], base64.b64decode(case["bytes_b64"]), case["witness"]
        elif not text.startswith("#"):
            name, expected, also, _, data = text.rstrip("\n").split("\t")
            yield name, [expected, *([] if also in ("-", "server") else also.split(","))], base64.b64decode(data), {}


def wrong(port, key, verdicts, data, witness):
    with Recorder.lock:
        del Recorder.heads[:]
    data = dressed(data, key)
    if verdicts[0] == "accept" and key not in data:
        verdicts = ["401"]  # HTTP/1.0 without Host: well-formed, and asked for its key
    status, closed = exchange(port, data)
    if not any(fits(verdict, status, closed) for verdict in verdicts):
        return "answered %s%s" % (status, ", closed" if closed else "")
    with Recorder.lock:
        heads = list(Recorder.heads)
    if len(heads) > witness.get("upstream_requests_max", 99):
        return "%d requests reached upstream" % len(heads)
    never = witness.get("no_upstream_request_line_with")
    fields = {"%s: %s" % (n, v.lower()) for _, each in heads for n, v in each}
    if never and any(never in start for start, _ in heads):
        return "upstream saw the hidden request"
    for each in witness.get("no_upstream_header", []):
        if each in fields:
            return "upstream saw " + each
    for start, each in heads:
        names = [n for n, _ in each]
        if names.count("host") != 1 or names.count("x-api-key") != 1 or "authorization" in names:
            return "upstream saw other than one host and one credential"
        if any(v.encode("latin1") == key for _, v in each):
            return "upstream saw the virtual key"
    return None


def main():
    server = Server(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(sys.argv[1] + ".part", "w") as out:
        out.write(str(server.server_address[1]))
    os.rename(sys.argv[1] + ".part", sys.argv[1])
    for _ in range(400):
        if os.path.exists(sys.argv[2]):
            break
        time.sleep(0.05)
    port, key = open(sys.argv[2]).read().split()
    count = accepted = 0
    misses = []
    for path in sys.argv[3:]:
        for name, verdicts, data, witness in read_cases(path):
            fault = wrong(int(port), key.encode(), verdicts, data, witness)
            count += 1
            accepted += verdicts[0] == "accept" and fault is None
            if fault:
                misses.append("%s: wanted %s; %s" % (name, " or ".join(verdicts), fault))
    misses += ["upstream could not read what came: " + fault for fault in Recorder.faults]
    print(*misses, "%d cases, %d of them to be accepted and were; %d judged wrongly" % (count, accepted, len(misses)), sep="\n")
    # Were nothing accepted, every refusal would prove nothing.
    sys.exit(1 if misses or accepted < 20 else 0)


main()
