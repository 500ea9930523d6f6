// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <optional>
#include <utility>

#include "async/task.h"

namespace strait::programs {

// Runs one task on a loop of its own and waits for its value: for verbs of the command line, which
// do one thing.
template <class MakeTask>
auto run_task(MakeTask make_task) {
  async::Loop loop(1);
  using Value = typename decltype(make_task(loop))::value_type;
  std::optional<Value> value;
  boost::asio::co_spawn(loop, make_task(loop), [&](std::exception_ptr failed, Value result) {
    if (failed) std::rethrow_exception(failed);
    value.emplace(std::move(result));
  });
  loop.run();
  return std::move(*value);
}

}  // namespace strait::programs
