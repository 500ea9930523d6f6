// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/condition.h"

// For the operators that compare numbers, dates, addresses and bytes: finitely many texts that
// stand for all texts. Whatever text a request carries, one of the samples gives every comparison
// with the limits the same answer (true, false, or "no such value"). Pure.
namespace strait::analysis {

enum class Sort : std::uint8_t { kText, kNumber, kDate, kAddress, kBytes };

Sort sort_of(policy::Operator op);  // Bool is kText: its truths are spellings

// `limits` are the values that policies write, of that sort, which is not kText; `key` says whether
// an address may also be a network (aws:SourceIp is never one). Those that read well come first.
std::vector<std::string> sample_values(Sort sort, std::span<const std::string> limits,
                                       std::string_view key);

}  // namespace strait::analysis
