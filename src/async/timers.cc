// SPDX-License-Identifier: Apache-2.0
#include "async/timers.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace strait::async {

Task<void> sleep_for(std::chrono::milliseconds span) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_after(span);
  co_await timer.async_wait(boost::asio::as_tuple(use_task));
}

}  // namespace strait::async
