// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "diff/loose_text.h"
#include "diff/personality.h"

// REST routes, matched one template after the other from the text of the model. Not by the tables
// that the gateway looks routes up in.
namespace strait::diff {

struct Route {
  catalog::Operation operation;
  Pairs labels;  // as they stand in the path, undecoded
};

struct Asked {
  std::string method;
  std::string path;  // undecoded, of which the reader's habits have been taken care
  const Pairs* query;
  const Pairs* headers;
};

class Routes {
 public:
  // What the request can be of `service`: of the operations whose path fits best, those with most
  // literal query keys, then with most required query members, then headers; and
  // of an old and a new name for one thing the new one.
  std::vector<Route> of(catalog::Service service, const Asked& asked, const Personality& who);

 private:
  struct Segment {
    enum Kind : std::uint8_t { kGreedy, kLabel, kLiteral } kind;
    std::string text;
  };
  struct Template {
    catalog::Operation operation;
    std::vector<Segment> segments;
    Pairs literals;
    std::vector<std::string> required_query, required_headers;
  };

  static Template template_of(catalog::Operation operation);
  const std::vector<Template>& templates(catalog::Service service);
  static bool fits(const Template& one, const std::vector<std::string_view>& segments, bool tidy,
                   Pairs& labels);

  std::map<std::uint32_t, std::vector<Template>> known_;
};

}  // namespace strait::diff
