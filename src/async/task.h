// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace strait::async {

// What a waiting room returns. A task runs on the loop of the core that started it and never leaves
// it.
template <class T>
using Task = boost::asio::awaitable<T>;

using Loop = boost::asio::io_context;

}  // namespace strait::async
