// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <expected>

#include "base/error.h"

// Result<T> is a value or an Error, and there is no third thing: rooms do not throw.
//
//   TRY(const auto call, parse(bytes));        // declares `call`, or returns the error
//   CHECK_OK(store.sync());                    // for Result<void>
//
// async/task.h has CO_TRY and CO_CHECK_OK for coroutines. They are statements on purpose: the
// statement-expression form crashes g++ 12.2 around co_await.
namespace strait {

template <class T>
using Result = std::expected<T, Error>;

using Status = Result<void>;

[[gnu::cold]] std::unexpected<Error> fail(ErrorCode code, std::string message,
                                          std::string detail = {});

}  // namespace strait

#define STRAIT_CONCAT_(a, b) a##b
#define STRAIT_CONCAT(a, b) STRAIT_CONCAT_(a, b)
#define STRAIT_TRY_(tmp, declaration, return_, ...)          \
  auto tmp = (__VA_ARGS__);                                  \
  if (!tmp) return_ std::unexpected(std::move(tmp).error()); \
  declaration = *std::move(tmp)

#define TRY(declaration, ...) \
  STRAIT_TRY_(STRAIT_CONCAT(strait_try_, __LINE__), declaration, return, __VA_ARGS__)
#define CHECK_OK(...)                                       \
  do {                                                      \
    if (auto strait_ok = (__VA_ARGS__); !strait_ok)         \
      return std::unexpected(std::move(strait_ok).error()); \
  } while (false)
