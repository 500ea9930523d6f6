// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"

namespace strait::async {

using Loop = boost::asio::io_context;

// What a waiting room returns. A task runs on the loop of the core that started it and never leaves
// it, so that its executor is that loop's own: one of any kind would cost a virtual call or two each
// time a task begins, waits and ends.
template <class T>
using Task = boost::asio::awaitable<T, Loop::executor_type>;

// Asio's use_awaitable for such a task.
using UseTask = boost::asio::use_awaitable_t<Loop::executor_type>;
inline constexpr UseTask use_task;

}  // namespace strait::async

// TRY and CHECK_OK of base/result.h, in coroutines.
#define CO_TRY(declaration, ...) \
  STRAIT_TRY_(STRAIT_CONCAT(strait_try_, __LINE__), declaration, co_return, __VA_ARGS__)
#define CO_CHECK_OK(...)                                                     \
  do {                                                                       \
    auto strait_ok = (__VA_ARGS__);                                          \
    if (!strait_ok) co_return std::unexpected(std::move(strait_ok).error()); \
  } while (false)
