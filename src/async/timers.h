// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "async/task.h"

namespace strait::async {

// Resumes after `span` on the same loop. For things that happen now and then; what happens per
// request uses Deadlines.
Task<void> sleep_for(std::chrono::milliseconds span);

}  // namespace strait::async
