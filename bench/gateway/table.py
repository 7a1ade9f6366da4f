#!/usr/bin/env python3
"""Reads the rounds that run.sh wrote, prints a table of medians, and checks ratios against bounds.

A ratio is taken within each round, where both designs met the same machine, and then the median over the rounds. Where two or
more rounds of a workload were quiet for all its designs, only the quiet ones are used; which they are does not depend on
what was measured in them.
"""
import argparse
import collections
import json
import statistics
import sys

PEERS = ("nginx", "haproxy", "haproxy64")
EVENTS = {"sse", "burst", "paced", "held"}  # the unit is an event; elsewhere it is a request
CLOSED = {"latency"}  # one connection, one request after the other: the mean is the time by the requests
UNPACED = {"sse", "burst"}  # their time is that of a whole stream on a full machine: nothing is added to it
MEMORY = {"held", "idle"}
NOISY = 0.3  # cores of foreign work, from which on a round is not quiet
DEFAULT_METRIC = {"latency": "added", "rate": "added", "idle": "memory"}


def figures(workload, result):
    """The figures of one round; None where the design has no such figure."""
    units = result["events"] if workload in EVENTS else result["requests"]
    timed = "event_" if workload in ("paced", "held") else ""
    has_cpu = result["cpu_us"] > 0 and units > 0
    return {
        "cpu": result["cpu_us"] / units if has_cpu else None,
        "core": 100 * result["cpu_us"] / 1e6 / result["wall_s"] if result["cpu_us"] > 0 else None,
        "wall": units / result["wall_s"],
        "mean": 1e6 * result["wall_s"] / units if workload in CLOSED and units else None,
        "p50": result[timed + "p50_us"],
        "p99": result[timed + "p99_us"],
        "memory": (result["rss_end_kb"] - result["rss_before_kb"]) / result["connections"]
        if workload in MEMORY and result["rss_end_kb"] else None,
        "foreign": result["foreign_cores"],
        "errors": result["errors"],
    }


def read(path):
    """{workload: {design: {round: figures}}}, in the order of the file, and whether everything went well."""
    table = collections.OrderedDict()
    places, clean = {}, True
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            result = row["result"]
            places[row["workload"]] = row["placement"]
            designs = table.setdefault(row["workload"], collections.OrderedDict())
            if result.get("failed"):
                designs.setdefault(row["design"], {})
                clean = False
                continue
            designs.setdefault(row["design"], {})[row["round"]] = figures(row["workload"], result)
            clean = clean and result["errors"] == 0
    for workload, designs in table.items():
        for rounds in designs.values():
            for number, each in rounds.items():
                direct = designs.get("direct", {}).get(number)
                fits = direct and rounds is not designs["direct"] and workload not in UNPACED
                figure = "mean" if workload in CLOSED else "p50"
                each["added"] = each[figure] - direct[figure] if fits else None
    return table, places, clean


def keep_quiet(table):
    """Leaves the quiet rounds of each workload; returns {workload: (rounds, quiet ones)}."""
    counts = {}
    for workload, designs in table.items():
        numbers = {number for rounds in designs.values() for number in rounds}
        loud = {number for rounds in designs.values() for number, each in rounds.items() if each["foreign"] >= NOISY}
        counts[workload] = (len(numbers), len(numbers - loud))
        if len(numbers - loud) >= 2:
            for rounds in designs.values():
                for number in loud & set(rounds):
                    del rounds[number]
    return counts


def median(rounds, name):
    values = [each[name] for each in rounds.values() if each[name] is not None]
    return statistics.median(values) if values else None


def ratio(designs, one, others, name):
    """The median, over the rounds, of one design's figure by the lowest of the others'."""
    ratios = []
    for number, each in designs.get(one, {}).items():
        low = [designs[o][number][name] for o in others if number in designs.get(o, {}) and o != one]
        low = [value for value in low if value is not None and value > 0]
        if each[name] is not None and low:
            ratios.append(each[name] / min(low))
    return statistics.median(ratios) if ratios else None


def show(value, digits=1):
    return "-" if value is None else f"{value:.{digits}f}"


def print_table(table, places, counts):
    columns = "{:<10} {:<10} {:>9} {:>8} {:>8} {:>7} {:>10} {:>9} {:>9} {:>8} {:>9} {:>8} {:>6}"
    print(columns.format("workload", "design", "CPU us", "/haproxy", "/nginx", "core %", "units/s", "p50 us", "p99 us",
                         "added", "KB each", "foreign", "errors"))
    for workload, designs in table.items():
        unit = "event" if workload in EVENTS else "request"
        for design, rounds in designs.items():
            if not rounds:
                print(f"{workload:<10} {design:<10} failed in every round")
                continue
            foreign = median(rounds, "foreign")
            print(columns.format(
                workload, design, show(median(rounds, "cpu"), 2), show(ratio(designs, design, ["haproxy"], "cpu"), 2),
                show(ratio(designs, design, ["nginx"], "cpu"), 2), show(median(rounds, "core")),
                show(median(rounds, "wall"), 0), show(median(rounds, "p50")), show(median(rounds, "p99")),
                show(median(rounds, "added")), show(median(rounds, "memory"), 2),
                show(foreign, 2) + ("*" if foreign >= NOISY else " "), sum(r["errors"] for r in rounds.values())))
        total, quiet = counts[workload]
        print(f"{'':<10} per {unit}, placement {places[workload]}, rounds: {total}, quiet: {quiet}"
              f"{', used: the quiet ones' if 2 <= quiet < total else ''}")
    print(f"* {NOISY} cores or more did something else meanwhile: trust the ratios, not the absolute figures")


def check(table, bounds, subject):
    """True where every bound holds. A workload or design that was not measured is a failure, not a pass."""
    good = True
    for item in bounds.split(","):
        name, _, bound = item.partition(":")
        workload, _, metric = name.partition(".")
        metric = metric or DEFAULT_METRIC.get(workload, "cpu")
        try:
            limit = float(bound)
        except ValueError:
            sys.exit(f"--check: \"{item}\" is not WORKLOAD[.cpu|.added|.memory]:BOUND")
        if metric not in ("cpu", "added", "memory"):
            sys.exit(f"--check: there is no figure \"{metric}\"; there are cpu, added and memory")
        measured = ratio(table.get(workload, {}), subject, PEERS, metric)
        holds = measured is not None and measured <= limit
        good = good and holds
        told = "was not measured" if measured is None else f"is {measured:.2f} of the lower peer's"
        print(f"{'ok  ' if holds else 'FAIL'} {workload} {metric}: {subject}'s {told}, at most {limit:.2f} is allowed")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows")
    parser.add_argument("--check", metavar="WORKLOAD:BOUND,...")
    parser.add_argument("--subject", default="gateway", help="the design that is checked")
    options = parser.parse_args()
    table, places, clean = read(options.rows)
    print_table(table, places, keep_quiet(table))
    if not clean:
        print("There were errors: the figures of those rows are not to be used.")
    good = check(table, options.check, options.subject) if options.check else True
    sys.exit(0 if good and clean else 1)


if __name__ == "__main__":
    main()
