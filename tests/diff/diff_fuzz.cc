// SPDX-License-Identifier: Apache-2.0
// Requests as text, as in wire's read_call_fuzz: whatever the gateway would send reads as the call
// under every personality.
#include <cstdio>
#include <cstdlib>

#include "diff/oracle.h"
#include "diff/pack.h"
#include "diff/raw_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait;
  if (!diff::pack()) return 0;
  static diff::Oracle oracle(diff::pack());
  const auto request = diff::parse_request({reinterpret_cast<const char*>(data), size});
  if (!request) return 0;
  const auto head = request->head();
  const auto verdict = oracle.judge(request->view(head));
  if (verdict.kind != diff::Verdict::kViolated) return 0;
  std::fprintf(stderr, "%s\n", verdict.why.c_str());
  std::abort();
}
