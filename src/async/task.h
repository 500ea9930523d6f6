// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.h"

namespace strait::async {

// What a waiting room returns. A task runs on the loop of the core that started it and never leaves
// it.
template <class T>
using Task = boost::asio::awaitable<T>;

using Loop = boost::asio::io_context;

}  // namespace strait::async

// TRY and CHECK_OK of base/result.h, in coroutines.
#define CO_TRY(declaration, ...) \
  STRAIT_TRY_(STRAIT_CONCAT(strait_try_, __LINE__), declaration, co_return, __VA_ARGS__)
#define CO_CHECK_OK(...)                                                     \
  do {                                                                       \
    auto strait_ok = (__VA_ARGS__);                                          \
    if (!strait_ok) co_return std::unexpected(std::move(strait_ok).error()); \
  } while (false)
