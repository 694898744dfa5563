#!/usr/bin/env python3
"""CPU of the client process: ours against b1sl-python, on the same calls to the same server, each on one core.

Usage: compare.py CALLS_BINARY PYTHON [ROUNDS]. Ends with 1 if b1sl-python takes less than 8 times as much.
Start-up and login are measured by a run of no rounds and taken off, which favours Python; the whole is printed too.
"""
import os
import resource
import statistics
import subprocess
import sys

FACTOR_MIN = 8.0
RUNS = 3


def cpu_seconds(command):
    """User and system time of one child, kept on the last core."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    core = {max(os.sched_getaffinity(0))}
    subprocess.run(command, check=True, preexec_fn=lambda: os.sched_setaffinity(0, core))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(calls, python, rounds):
    server = subprocess.Popen([calls, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        url, company = server.stdout.readline().split()
        script = os.path.join(os.path.dirname(__file__), "calls.py")
        clients = {
            "sap-b1-client": lambda n: [calls, "call", url, str(n), company],
            "b1sl-python": lambda n: [python, script, url, str(n), company],
        }
        whole = {name: [] for name in clients}
        net = {name: [] for name in clients}
        for _ in range(RUNS):
            for name, command in clients.items():
                start = cpu_seconds(command(0))
                total = cpu_seconds(command(rounds))
                whole[name].append(total)
                net[name].append(total - start)
    finally:
        server.stdin.close()
        server.wait(10)
    print(f"{rounds} rounds, {RUNS} runs, median CPU of the client process:")
    for name in clients:
        net_ms = statistics.median(net[name]) * 1000 / rounds
        print(f"  {name:14} {statistics.median(whole[name]):7.3f} s whole, {net_ms:7.3f} ms per round without start-up")
    ratio = statistics.median(net["b1sl-python"]) / statistics.median(net["sap-b1-client"])
    whole_ratio = statistics.median(whole["b1sl-python"]) / statistics.median(whole["sap-b1-client"])
    print(f"  b1sl-python takes {ratio:.1f}x without start-up, {whole_ratio:.1f}x in all; at least {FACTOR_MIN:.0f}x is asked for")
    return 0 if ratio >= FACTOR_MIN else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 200))
