// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "catalog/compiler/writer.h"
#include "codec/value.h"

// The shapes of one model, written to the pack, and the way from their names to their places there.
// Keeps views into the model, which must outlive it.
namespace strait::catalog::compiler {

class Shapes {
 public:
  static Result<Shapes> add(Writer& pack, const codec::Value& model);

  format::Index index(std::string_view name) const;  // kNone when the model has no such shape
  std::string_view payload(
      std::string_view name) const;  // name of the structure's payload member, "" when none

 private:
  Status write(Writer& pack, const codec::Member& shape) const;
  Result<format::Member> reference(Writer& pack, const codec::Value& model) const;
  Status write_structure(Writer& pack, const codec::Value& model, bool event_stream) const;
  Status write_reference(Writer& pack, const codec::Value& model, std::string_view role) const;

  struct Known {
    format::Index index;
    const codec::Value* model;
  };
  std::unordered_map<std::string_view, Known> known_;
};

}  // namespace strait::catalog::compiler
