"""What faults.sh asks of a gateway: faults.py QUESTION PORT ARGUMENT..., the key on stdin. Prints what it saw."""
import http.client, json, os, socket, sys, threading, time

BODY = json.dumps({"model": "claude-haiku-4-5", "max_tokens": 50, "messages": [{"role": "user", "content": "hello"}]})
STREAM = json.dumps({"model": "claude-haiku-4-5", "max_tokens": 50, "stream": True, "messages": [{"role": "user", "content": "hello"}]})


def ask(port, key, body=BODY, timeout=10):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", "/v1/messages", body,
                           {"x-api-key": key, "anthropic-version": "2023-06-01", "content-type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def once(port, key):
    print(ask(port, key))


def timed(port, key):
    """A request's status, the gateway's code for it and the seconds that it took."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/v1/messages", BODY,
                       {"x-api-key": key, "anthropic-version": "2023-06-01", "content-type": "application/json"})
    answer = connection.getresponse()
    error = json.loads(answer.read()).get("error", {}).get("details", {}).get("error_code", "none")
    print(answer.status, error, "%.1f" % (time.monotonic() - began))


def load(port, key, seconds):
    """Asks on 8 threads and counts what came: statuses, 0 where the connection ended."""
    counts, lock, end = {}, threading.Lock(), time.monotonic() + float(seconds)

    def turn(number):
        while time.monotonic() < end:
            status = ask(port, key, STREAM if number % 2 else BODY)
            with lock:
                counts[status] = counts.get(status, 0) + 1
    threads = [threading.Thread(target=turn, args=(i,)) for i in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    print(json.dumps(counts, sort_keys=True))


def crowd(port, key, count, pid):
    """Holds COUNT connections, and says how long the gateway's processor was busy in two seconds, and when it serves again."""
    crowd = []
    for _ in range(int(count)):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", port))
        crowd.append(s)
    time.sleep(0.5)

    def busy():
        fields = open("/proc/%s/stat" % pid).read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    before = busy()
    time.sleep(2)
    used = busy() - before
    for s in crowd:
        s.close()
    began = time.monotonic()
    while ask(port, key, timeout=1) != 200 and time.monotonic() - began < 10:
        pass
    print("%.2f %.2f" % (used, time.monotonic() - began))


def fill(port, key, count, gone):
    """COUNT clients that ask for stream after stream until the file GONE is there, after a second beside 150 silent ones; how many
    requests were answered and how many were not."""
    counts, lock = {True: 0, False: 0}, threading.Lock()

    def turn():
        while not os.path.exists(gone):
            answered = ask(port, key, STREAM) == 200
            with lock:
                counts[answered] += 1
            if not answered:
                time.sleep(0.02)
    threads = [threading.Thread(target=turn) for _ in range(int(count))]
    [t.start() for t in threads]
    time.sleep(1)
    silent = [socket.socket() for _ in range(150)]
    for s in silent:
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", port))
    open(gone + ".full", "w").close()
    [t.join() for t in threads]
    print(counts[True], counts[False])


def ready(port, key):
    """Whether /readyz at the admin address says so, and after how many milliseconds."""
    began = time.monotonic()
    status = admin(port, "/readyz")[0]
    print(status, int((time.monotonic() - began) * 1000))


def admin(port, path):
    """The status of a GET at the admin address; 0 where none came within half a minute."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def metric(port, key, name):
    """A number of /metrics, asked at the admin address PORT."""
    for line in admin(port, "/metrics")[1].splitlines():
        if line.split(" ")[0].split("{")[0] == "locksmith_" + name:
            print(int(float(line.split(" ")[-1])))
            return
    print("none")


def half_open(port, key, count, ports, gone):
    """COUNT clients begin a request each; their ports go to the file PORTS. Ends when the file GONE is there."""
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(int(count))]
    for s in held:
        s.sendall(b"POST /v1/messages HTTP/1.1\r\nHost: gw\r\n")
    time.sleep(0.3)
    with open(ports + ".part", "w") as out:
        out.write(", ".join(str(s.getsockname()[1]) for s in held))
    os.rename(ports + ".part", ports)
    while not os.path.exists(gone):
        time.sleep(0.05)


def flood(port, key, count):
    """COUNT requests on one connection, each with a long line in the log; how many were answered."""
    connection, answered = http.client.HTTPConnection("127.0.0.1", port, timeout=10), 0
    for _ in range(int(count)):
        connection.request("GET", "/v1/models/" + "x" * 1500, headers={"x-api-key": "lks_none"})
        answer = connection.getresponse()
        answer.read()
        answered += answer.status == 401
    print(answered)


def slow(port, key, count):
    """COUNT clients that send a head for ever, a body for ever, or take nothing of an answer; how others fare meanwhile."""
    held = []
    for i in range(int(count)):
        s = socket.create_connection(("127.0.0.1", port))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        head = "POST /v1/messages HTTP/1.1\r\nHost: gw\r\nx-api-key: %s\r\n" % key
        s.sendall((head if i % 3 == 0 else head + "content-length: 9999\r\n\r\n{" if i % 3 == 1 else
                   head + "content-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(STREAM), STREAM)).encode())
        held.append(s)
    worst, statuses = 0.0, set()
    for _ in range(30):
        began = time.monotonic()
        statuses.add(ask(port, key))
        worst = max(worst, time.monotonic() - began)
        for s in held[::3]:
            try:
                s.sendall(b"x: y\r\n")
            except OSError:
                pass
    print("%s %.2f" % (sorted(statuses), worst))


def dead(port, key, mark):
    """Asks for models again and again until the key is refused; prints the milliseconds after MARK appeared."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    open(mark + ".ready", "w").close()
    while True:
        sent = time.time()
        connection.request("GET", "/v1/models", headers={"x-api-key": key})
        answer = connection.getresponse()
        answer.read()
        if answer.status == 401:
            while not os.path.exists(mark):  # sooner than the command ended
                time.sleep(0.005)
            print(int(max(0, sent - float(open(mark).read())) * 1000))
            return


{"once": once, "load": load, "crowd": crowd, "slow": slow, "dead": dead, "metric": metric,
 "half_open": half_open, "flood": flood, "fill": fill, "ready": ready, "timed": timed}[sys.argv[1]](int(sys.argv[2]), sys.stdin.readline().strip(), *sys.argv[3:])
