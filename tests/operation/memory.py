"""A gateway without memory sheds load and lives on.

  memory.py PORT ADMIN_PORT     the virtual keys of a hostile and of another client come on standard input, a line each

800 connections announce bodies of 32 MiB and send as much of them as is taken; meanwhile the admin address answers, and the other key gets
whole answers: what it asked for, or a refusal that says why. When they are gone, everything is served again.
"""
import http.client
import json
import socket
import sys
import time

port, admin = int(sys.argv[1]), int(sys.argv[2])
hostile, other = sys.stdin.readline().strip(), sys.stdin.readline().strip()
BODY = json.dumps({"model": "claude-sonnet-4-5", "max_tokens": 8, "messages": [{"role": "user", "content": "hello"}]})


def ask():
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/v1/messages", BODY, {"x-api-key": other, "anthropic-version": "2023-06-01", "content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, json.loads(text).get("error", {}).get("details", {}).get("error_code", "")
    except (ConnectionError, http.client.HTTPException):
        return 0, "closed"  # no memory for new connections
    finally:
        connection.close()


def alive():
    connection = http.client.HTTPConnection("127.0.0.1", admin, timeout=60)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    return status == 200


assert ask()[0] == 200
head = ("POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: %s\r\ncontent-length: 33554432\r\n\r\n" % hostile).encode()
held = []
for i in range(800):
    try:
        one = socket.create_connection(("127.0.0.1", port), timeout=60)
        one.setblocking(False)
        one.send(head)
        held.append(one)
    except OSError:
        pass
part = b" " * 262144
seen = {}
until = time.monotonic() + 20
while time.monotonic() < until:
    for one in held:
        try:
            one.send(part)
        except OSError:
            pass
    outcome = ask()
    seen[outcome] = seen.get(outcome, 0) + 1
    if not alive():
        sys.exit("FAILED: the admin address does not answer")
print("meanwhile another key got", seen)
for one in held:
    one.close()
for tries in range(100):
    if ask()[0] == 200:
        break
    time.sleep(0.2)
else:
    sys.exit("FAILED: it serves no more")
bad = [outcome for outcome in seen if outcome not in ((200, ""), (503, "gateway_full"), (0, "closed"))]
if bad:
    sys.exit(f"FAILED: {bad}")
