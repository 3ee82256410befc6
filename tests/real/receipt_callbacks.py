#!/usr/bin/env python3
"""receipt_callbacks.py PORT PATH RATE ANSWERED < TARGETS

Calls http://127.0.0.1:PORT PATH?TARGET for every line of TARGETS, RATE times a second, as a provider does: over a few
connections that stay open, and again until it is answered with a status below 500. A line "STATUS TARGET" is written to
ANSWERED, and flushed, as soon as the whole answer was read. In the end one line on standard output: how many were
answered, how many calls had to be made again, and how many of the calls were not made at their time.
"""
import http.client
import queue
import sys
import threading
import time

CONNECTIONS = 32
WAIT = 0.1  # s before a call is made again
LATE = 1.0  # s

port, path, rate, answered = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), open(sys.argv[4], "a")
calls = queue.Queue()
lock = threading.Lock()
counts = {"answered": 0, "again": 0, "late": 0}


def count(name):
    with lock:
        counts[name] += 1


def call(connection, target):
    """The status, or None when nobody knows whether it was taken."""
    try:
        connection.request("GET", f"{path}?{target}")
        answer = connection.getresponse()
        answer.read()
        return answer.status if answer.status < 500 else None
    except (OSError, http.client.HTTPException):
        connection.close()
        return None


def work():
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    while (item := calls.get()) is not None:
        due, target = item
        if time.monotonic() - due > LATE:
            count("late")
        while (status := call(connection, target)) is None:
            count("again")
            time.sleep(WAIT)
        with lock:
            counts["answered"] += 1
            answered.write(f"{status} {target}\n")
            answered.flush()
    connection.close()


threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
for thread in threads:
    thread.start()
due = time.monotonic()
for line in sys.stdin:
    pause = due - time.monotonic()
    if pause > 0:
        time.sleep(pause)
    calls.put((due, line.strip()))
    due += 1 / rate
for _ in threads:
    calls.put(None)
for thread in threads:
    thread.join()
print(" ".join(f"{name} {n}" for name, n in counts.items()))
