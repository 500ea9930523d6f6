// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "catalog/catalog.h"
#include "codec/value.h"
#include "wire/member_path.h"

// JSON and CBOR documents to typed values and back. Reading works in place on what codec parsed:
// wire names become member names, texts become blobs and instants, and whatever does not fit the
// shape is refused. Absent is what is null in a structure; null in a list or map stays.
namespace strait::wire {

// kRecord: JSON as the recorder writes inputs, by member names, instants as numbers.
enum class Dialect : std::uint8_t { kJson, kCbor, kRecord };
// Which members of the outermost structure stand in the document: all, or those the REST bindings
// leave in the body.
enum class Extent : std::uint8_t { kAll, kBodyOnly };

Status type_value(codec::Value& value, catalog::Shape shape, catalog::TimestampFormat format,
                  Dialect dialect, const MemberPath& path, Extent extent = Extent::kAll);

// Appends `value`, which has the type of `shape`, as JSON.
Status write_json_value(std::string& out, const codec::Value& value, catalog::Shape shape,
                        catalog::TimestampFormat format, Extent extent = Extent::kAll);

}  // namespace strait::wire
