# SPDX-License-Identifier: Apache-2.0
"""./dev bench: CPU per request of Strait beside its peers, in one run.

Method. Every proxy is pinned to core 0 with one thread or worker; the load (wrk) and the upstream (nginx with fixed
answers) to core 1. All loopback. The request is a signed DynamoDB GetItem of 12 headers and a 300 B body; the answer 416 B
of JSON, or 1 MiB. In every round every proxy runs once, in turn; CPU per request is the sum over the proxy's threads of
/proc/PID/task/*/schedstat divided by the requests answered. Ratios are taken to nginx's plain proxying in the same
round; median, min and max over rounds are printed. Requests a second and latencies are told, not to be gated on: they
depend on what else the machine does. Strait runs whole: signatures, 65 statements, masking plan, durable records."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from peers import Bench, PROXIES  # noqa: E402

SCENARIOS = {  # name: (proxies' TLS, connections, answer)
    "small-plain-32": (False, 32, "small"),
    "small-tls-both-32": (True, 32, "small"),
    "small-plain-256": (False, 256, "small"),
    "64k-plain-8": (False, 8, "64k"),
    "1m-plain-8": (False, 8, "1m"),
    "1m-tls-both-8": (True, 8, "1m"),
}
QUICK = ["small-plain-32", "small-tls-both-32"]


def cpu_ns(pid):
    total = 0
    for process in [pid, *children(pid)]:
        for task in pathlib.Path(f"/proc/{process}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0])
            except OSError:
                pass
    return total


def children(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *children(int(child))]
    return found


def load(bench, proxy, scenario, seconds):
    tls, connections, answer = SCENARIOS[scenario]
    script = bench.wrk_script(proxy, tls, answer)
    process = bench.process(proxy, tls, answer)
    url = bench.url(proxy, tls, answer)
    before = cpu_ns(process.pid)
    done = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, url],
                          capture_output=True, text=True, check=True)
    spent = cpu_ns(process.pid) - before
    report = json.loads(next(line for line in done.stderr.splitlines() + done.stdout.splitlines() if line.startswith("{")))
    if report["bad"] or not report["requests"]:
        bench.explain(proxy, tls, answer)
        raise RuntimeError(f"{proxy} {scenario}: {report['bad']} answers were not 200 of {report['requests']}: {done.stdout}")
    return {"cpu_us": spent / 1000 / report["requests"], "rps": report["requests"] / report["seconds"],
            "p50_us": report["p50"], "p99_us": report["p99"]}


def measure(bench, proxies, scenarios, rounds, seconds):
    samples = {(proxy, scenario): [] for scenario in scenarios for proxy in proxies}
    for scenario in scenarios:
        for proxy in proxies:
            load(bench, proxy, scenario, 1)  # warm-up: connections, caches, branch predictors
        for number in range(rounds):
            for proxy in proxies:
                # A slow peer needs fewer requests for a stable figure; all get the same time.
                samples[proxy, scenario].append(load(bench, proxy, scenario, seconds))
            print(f"  {scenario} round {number + 1}/{rounds}", file=sys.stderr, flush=True)
    return samples


def rows(samples):
    for (proxy, scenario), taken in samples.items():
        ratios = [mine["cpu_us"] / theirs["cpu_us"] for mine, theirs in zip(taken, samples["nginx", scenario])]
        cpu = [sample["cpu_us"] for sample in taken]
        yield {"proxy": proxy, "scenario": scenario,
               "cpu_us_median": round(statistics.median(cpu), 2), "cpu_us_min": round(min(cpu), 2), "cpu_us_max": round(max(cpu), 2),
               "ratio_to_nginx_median": round(statistics.median(ratios), 3), "ratio_min": round(min(ratios), 3),
               "ratio_max": round(max(ratios), 3),
               "rps": round(statistics.median(sample["rps"] for sample in taken)),
               "p50_us": round(statistics.median(sample["p50_us"] for sample in taken)),
               "p99_us": round(statistics.median(sample["p99_us"] for sample in taken))}


def show(table):
    print(f"{'scenario':20} {'proxy':12} {'CPU us/request (min-max)':28} {'x nginx (min-max)':24} {'req/s':>8} {'p50 us':>8} {'p99 us':>8}")
    for row in table:
        cpu = f"{row['cpu_us_median']:.1f} ({row['cpu_us_min']:.1f}-{row['cpu_us_max']:.1f})"
        ratio = f"{row['ratio_to_nginx_median']:.2f} ({row['ratio_min']:.2f}-{row['ratio_max']:.2f})"
        print(f"{row['scenario']:20} {row['proxy']:12} {cpu:28} {ratio:24} {row['rps']:8} {row['p50_us']:8} {row['p99_us']:8}")


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the small scenarios, five rounds, under five minutes")
    parser.add_argument("--json", metavar="FILE", help="write the rows there")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="each run")
    parser.add_argument("--proxies", default=",".join(PROXIES), help="comma list")
    parser.add_argument("--scenarios", default="", help="comma list; default all, or the small ones with --quick")
    options = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        sys.exit("the bench needs two cores: one for the proxy, one for the load")
    proxies = options.proxies.split(",")
    if "nginx" not in proxies:
        proxies.insert(0, "nginx")
    scenarios = options.scenarios.split(",") if options.scenarios else QUICK if options.quick else list(SCENARIOS)
    with Bench(proxies, {(SCENARIOS[name][0], SCENARIOS[name][2]) for name in scenarios}) as bench:
        table = list(rows(measure(bench, proxies, scenarios, options.rounds, options.seconds)))
    show(table)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"rows": table}, indent=1) + "\n")


if __name__ == "__main__":
    main()
