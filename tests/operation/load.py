"""Requests and streams against the gateway until told to stop (the file STOP appears), each checked to its end.

  load.py PORT STOP_FILE     the virtual key comes on standard input; prints one line of counts, ends with 1 where one failed

A kept connection that the other side ended with notice (Connection: close) is opened anew, as every client does; one that
ends without is a failure, and so is an answer that is not whole.
"""
import http.client
import json
import os
import sys
import threading

port, stop_file = int(sys.argv[1]), sys.argv[2]
key = sys.stdin.readline().strip()
lock = threading.Lock()
counts = {"requests": 0, "streams": 0, "failed": 0}
reasons = []


def note(kind, reason=None):
    with lock:
        counts[kind] += 1
        if reason and len(reasons) < 10:
            reasons.append(reason)


def ask(connection, stream):
    body = json.dumps({"model": "claude-sonnet-4-5", "max_tokens": 64, "stream": stream,
                       "messages": [{"role": "user", "content": "hello"}]})
    connection.request("POST", "/v1/messages", body, {"x-api-key": key, "anthropic-version": "2023-06-01",
                                                      "content-type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        raise RuntimeError(f"status {answer.status}: {text[:200]}")
    if stream and "message_stop" not in text:
        raise RuntimeError("a stream without its end")
    if not stream:
        json.loads(text)


def work(stream):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while not os.path.exists(stop_file):
        try:
            ask(connection, stream)
            note("streams" if stream else "requests")
        except Exception as error:  # every one of them is what this looks for
            note("failed", f"{'stream' if stream else 'request'}: {type(error).__name__}: {error}")
            connection.close()
    connection.close()


threads = [threading.Thread(target=work, args=(i % 2 == 0,)) for i in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(" ".join(f"{name}={count}" for name, count in counts.items()))
for reason in reasons:
    print("  " + reason)
sys.exit(1 if counts["failed"] or not counts["requests"] or not counts["streams"] else 0)
