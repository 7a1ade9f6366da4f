"""One gateway takes the place of another while requests go on, on a socket that both have: three times, and not one of 10,000 fails.

  handover.py PROGRAM CONFIGURATION WORK     the virtual key comes on standard input

What a service manager does: it holds the socket and hands it to each process that it starts (LISTEN_FDS). A client opens a connection anew
where the one before ended with notice (connection: close), as every client does; any other end is a failure.
"""
import http.client
import os
import signal
import socket
import sys
import threading
import time

program, configuration, work = sys.argv[1:4]
key = sys.stdin.readline().strip()
listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
port = listener.getsockname()[1]
TOTAL, CLIENTS = 10_000, 8
lock = threading.Lock()
left, failures = TOTAL, []


def start(number):
    said = open(f"{work}/gateway-{number}.err", "w+")

    def hand_over():
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ["LISTEN_FDS"], os.environ["LISTEN_PID"] = "1", str(os.getpid())

    # env of the child is set in it: LISTEN_PID is its own number.
    pid = os.fork()
    if pid == 0:
        hand_over()
        os.dup2(said.fileno(), 2)
        os.execv(program, [program, "serve", "--config", configuration])
    until = time.monotonic() + 100
    while "ready on" not in open(said.name).read():
        if time.monotonic() > until:
            sys.exit("FAILED: never ready: " + open(said.name).read())
        time.sleep(0.02)
    return pid


def work_through():
    global left
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        with lock:
            if left <= 0 and handed_over.is_set():
                return
            left -= 1
        try:
            connection.request("GET", "/v1/models", headers={"x-api-key": key, "anthropic-version": "2023-06-01"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} {text[:200]}")
        except Exception as error:  # each of them is what this looks for
            with lock:
                failures.append(f"{type(error).__name__}: {error}")
            connection.close()


handed_over = threading.Event()
serving = start(0)
clients = [threading.Thread(target=work_through) for _ in range(CLIENTS)]
for client in clients:
    client.start()
for number in range(1, 4):
    time.sleep(0.5)
    following = start(number)
    os.kill(serving, signal.SIGTERM)
    os.waitpid(serving, 0)
    serving = following
handed_over.set()
for client in clients:
    client.join()
os.kill(serving, signal.SIGTERM)
os.waitpid(serving, 0)
print(f"{TOTAL - left} requests, 3 times handed over, {len(failures)} failed")
for failure in failures[:10]:
    print("  " + failure)
sys.exit(1 if failures or TOTAL - left < TOTAL else 0)
