"""crowd.py PORT: 24 callers ask the admin address for its metrics in a loop, a connection each time, and 40 more hold connections
and say nothing. Meanwhile /readyz is asked 100 times, each within a second. Exits 1 where one of these is not answered."""
import http.client
import socket
import sys
import threading
import time

port = int(sys.argv[1])
over = threading.Event()


def loop():
    while not over.is_set():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/metrics")
            connection.getresponse().read()
            connection.close()
        except OSError:
            pass
        except http.client.HTTPException:
            pass


def hold():
    while not over.is_set():
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as held:
                held.settimeout(1)
                held.recv(1)
        except OSError:
            pass


threads = [threading.Thread(target=loop, daemon=True) for _ in range(24)] + [threading.Thread(target=hold, daemon=True) for _ in range(40)]
for thread in threads:
    thread.start()
time.sleep(0.5)
failed, slowest = [], 0.0
for number in range(100):
    begun = time.monotonic()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.request("GET", "/readyz")
        if connection.getresponse().status != 200:
            failed.append(f"{number}: not ready")
        connection.close()
    except (OSError, http.client.HTTPException) as error:
        failed.append(f"{number}: {error!r}")
    slowest = max(slowest, time.monotonic() - begun)
over.set()
print(f"100 probes among 64 callers: {len(failed)} not answered, the slowest took {slowest * 1000:.0f} ms", *failed[:5], sep="\n")
sys.exit(1 if failed else 0)
