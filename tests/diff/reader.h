// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "codec/value.h"
#include "diff/personality.h"
#include "diff/routes.h"

// A request as an AWS front end with a personality reads it: which operations it can be, and with
// which input. Of the gateway's code it uses the catalog's tables and the type of a value, no more.
namespace strait::diff {

struct Sent {
  std::vector<catalog::Service> services;  // that answer at the host it was sent to
  std::string path_prefix;                 // that the endpoint has before its paths, "" mostly
  std::string method, target, body;
  Pairs headers;         // names in lower case
  bool streams = false;  // the payload flows beside it
};

struct Reading {
  catalog::Operation operation;
  codec::Value input;
};

class Reader {
 public:
  std::vector<Reading> read(const Sent& sent, const Personality& who);

 private:
  std::vector<Reading> by_target(const Sent& sent, const Personality& who) const;
  std::vector<Reading> by_smithy(const Sent& sent, const Personality& who) const;
  std::vector<Reading> by_action(const Sent& sent, const Personality& who) const;
  std::vector<Reading> by_route(const Sent& sent, const Personality& who);

  Routes routes_;
};

// What x-amz-copy-source names, so that two spellings of one source are equal.
std::string copy_source_meaning(std::string_view text, bool decodes_first);
// The same of the tags in x-amz-tagging.
std::string tagging_meaning(std::string_view text, const Personality& who);

}  // namespace strait::diff
