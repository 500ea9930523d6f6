// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "catalog/catalog.h"
#include "codec/value.h"

namespace strait::journey {

struct Call;

// A value that a condition asks for: known (one or more), absent, or unknown to the gateway.
// Unknown is not absent.
struct ContextEntry {
  std::string
      key;  // as IAM spells it: "aws:RequestedRegion", "s3:prefix", "strait:param/InstanceType"
  std::vector<std::string> values;  // one, or several for a multi-valued key
  bool unknown = false;             // then `values` is empty
  bool many = false;                // the key is multi-valued, also where it has one value
};

// What conditions may ask of a call. Most policies ask for a key or two of the dozens that a
// request decides, so an entry is worked out when its key is asked for. Keys compare
// case-insensitively. A key that is answered nowhere: policy/context.h knows which namespaces are
// always filled (a key missing there is absent) and which are not (a key missing there is unknown).
struct Context {
  std::vector<ContextEntry> entries;  // those that are at hand

  // The others. Gives the one value of `key` when that stands in the call as it is; else appends to
  // `out` whatever can answer for `key`, its family's entry included, unless that is there already.
  // A pure function of the call. nullptr: `entries` are all there is.
  using Source = const std::string* (*)(const Call& call, std::string_view key,
                                        std::vector<ContextEntry>& out);
  Source source = nullptr;

  // What a source reads that is no part of the request itself.
  Timestamp at{};
  std::string source_ip;
  bool tls = false;
};

// One permission that a call needs.
struct Need {
  std::string action;  // "s3:GetObject"
  // What AWS judges the action on, letter for letter, or when `pattern` a pattern that the true ARN
  // surely matches. "*" for actions that take no resource.
  //
  // In the text of a pattern `*` is any run of characters and `?` any one, but no colon in the
  // first five parts of an ARN; the characters themselves stand as "${*}", "${?}" and "${$}", as in
  // an IAM policy. Elsewhere every character is itself: the `*` of an object's key, and that of
  // "instance/*", which AWS itself judges when a call makes a thing that has no name yet.
  std::string resource;
  bool pattern = false;
  bool derived = true;  // the input says what it is on, be it as a pattern; else it is a `pattern`
                        // that says no more than the kind of thing
  bool deny_only = false;  // AWS may check it; only an explicit Deny counts
  catalog::Classes classes = 0;
  std::vector<ContextEntry> context;  // beyond the call's: iam:PassedToService and the like
};

// How the bytes of a streaming member arrive and what the client promised about them. The bytes are
// not here: they flow beside the walk, checked against this.
enum class Payload : std::uint8_t {
  kNone,      // no body, or an empty one
  kBuffered,  // read whole and decoded into `input`
  kStreamed,  // opaque bytes of the streaming member
};

struct Stream {
  std::string member;                   // "Body"
  std::optional<std::uint64_t> length;  // decoded length in bytes, when declared
  std::string sha256_hex;               // x-amz-content-sha256 when it is a digest, else ""
  std::string checksum_algorithm;  // "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"; "" when none
  std::string checksum_base64;     // declared up front; "" when it comes in the trailer
  bool checksum_in_trailer = false;
};

// One AWS API request, parsed. Policy, approval, record and the outgoing request all read this
// value and nothing else. Immutable once it stands in a ParsedCall.
struct Call {
  std::shared_ptr<const catalog::Catalog> catalog;  // keeps the handles below alive
  catalog::Operation operation;
  std::vector<catalog::Operation>
      also;  // other services' operations that this request could equally be, with the
             // identical action set (rds, docdb, neptune)
  catalog::Protocol protocol;
  std::string partition;     // "aws"
  std::string region;        // "eu-west-1": what the agent signed for, or what AWS judges a global
                             // service by
  catalog::Variant variant;  // of the endpoint the agent addressed: FIPS stays FIPS
  std::string account;       // of the connection; filled when the session is known
  bool any_account = false;  // no connection is meant, so that `account` is but an example
  codec::Value input;        // an Object of model member names; streaming member left out
  Payload payload = Payload::kNone;
  std::optional<Stream> stream;
  std::vector<Need> needs;
  Context context;  // what holds for every need

  // Not part of what is judged or sent, but of what is recorded.
  std::string host;  // as the agent addressed it
  std::string user_agent;
  std::string invocation_id;  // amz-sdk-invocation-id: the same for SDK retries
};

}  // namespace strait::journey
