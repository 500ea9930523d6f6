// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <memory>

#include "ledger/leaf_body.h"
#include "store/recorder_fake.h"

// Records a second and CPU per record with 1, 16 and 256 calls under way on one loop, every record
// durable. CPU is the whole process's, kernel included, so it is what a core pays. STRAIT_BENCH_DIR
// names the disk.
namespace strait::store {
namespace {

double cpu_micros() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& time) {
    return 1e6 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

struct Load {
  Recorder& recorder;
  int calls_left;
  int tasks_left;
  async::Loop& loop;
};

async::Task<void> agent(Load& load) {
  const auto session = make_session();
  while (load.calls_left > 0) {
    --load.calls_left;
    IntentNote wanted{R"({"TableName":"orders","Key":{"id":{"S":"1"}}})"};
    auto intended = co_await load.recorder.intent(make_permitted(session), std::move(wanted));
    if (!intended) std::abort();
    ResultNote note{.intent = ref(*intended), .aws_request_id = "REQ1", .response_bytes = 420};
    const auto answered =
        co_await load.recorder.result(make_reply(std::string(420, 'x')), std::move(note));
    if (!answered) std::abort();
  }
  if (--load.tasks_left == 0) load.loop.stop();
}

void record(benchmark::State& state, bool use_io_uring) {
  const char* directory = std::getenv("STRAIT_BENCH_DIR");
  const FolderFake folder(directory == nullptr ? std::filesystem::temp_directory_path().string()
                                               : directory);
  const async::SystemClock clock;
  async::Loop loop;
  RecorderConfig config{.log_dir = folder.log(),
                        .blob_dir = folder.blobs(),
                        .anchor_dir = folder.anchor(),
                        .origin = "strait/bench/audit",
                        .version = "0.1",
                        .use_io_uring = use_io_uring};
  auto recorder = *Recorder::open(config, crypto::SigningKey::generate(),
                                  crypto::AeadKey::generate(), clock, loop);
  const int tasks = static_cast<int>(state.range(0));
  const int calls = tasks * 200;
  double cpu = 0;
  for (auto _ : state) {
    Load load{*recorder, calls, tasks, loop};
    const auto before = cpu_micros();
    for (int task = 0; task < tasks; ++task)
      boost::asio::co_spawn(loop, agent(load), boost::asio::detached);
    loop.restart();
    loop.run();
    cpu += cpu_micros() - before;
  }
  const auto records = static_cast<double>(state.iterations()) * calls * 2;
  const auto stats = recorder->stats();
  state.counters["records/s"] = benchmark::Counter(records, benchmark::Counter::kIsRate);
  state.counters["cpu_us/record"] = cpu / records;
  state.counters["records/commit"] =
      static_cast<double>(stats.records) / static_cast<double>(stats.commits);
}

void with_io_uring(benchmark::State& state) { record(state, true); }
void with_thread(benchmark::State& state) { record(state, false); }
BENCHMARK(with_io_uring)->Arg(1)->Arg(16)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(with_thread)->Arg(1)->Arg(16)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);

// The part of a record that is ours: the leaf's text, without lock, hash or disk.
void intent_body(benchmark::State& state) {
  const auto session = make_session();
  const auto call = make_call();
  const auto verdict = make_verdict();
  const auto id = fresh_id<CallId>();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ledger::intent_body({.id = id.str(),
                             .arrived = session.issued,
                             .session = session,
                             .target = ledger::target_of(call),
                             .needs = call.needs,
                             .verdict = verdict,
                             .input = {},
                             .client = {"127.0.0.1:53124", call.user_agent, call.invocation_id}}));
  }
}
BENCHMARK(intent_body);

}  // namespace
}  // namespace strait::store
