// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstring>

#include "analysis/line_question.h"
#include "base/limits.h"
#include "codec/json.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy/verbs.h"

namespace strait::programs {
namespace {

// Answers whole lines as they come and writes before it waits, so that a program can ask one
// question at a time and a file of millions still goes through in large pieces.
class Stream {
 public:
  explicit Stream(const catalog::Catalog* strict) : questions_(strict) {}

  int run() {
    std::array<char, 1 << 16> piece;
    while (true) {
      const auto got = ::read(STDIN_FILENO, piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        fmt::print(stderr, "strait: cannot read the questions: {}\n", std::strerror(errno));
        return kFailed;
      }
      if (got == 0) break;
      pending_.append(piece.data(), static_cast<std::size_t>(got));
      whole_lines();
      if (!flush()) return kFailed;
      if (pending_.size() > kLineMax) {
        fmt::print(stderr, "strait: line {} is longer than {} MiB\n", line_ + 1,
                   kLineMax / limits::kMiB);
        return kFailed;
      }
    }
    if (!pending_.empty()) answer(pending_);
    if (!flush()) return kFailed;
    if (errors_ == 0) return kOk;
    fmt::print(stderr, "strait: {} of {} lines could not be answered\n", errors_, line_);
    return kFailed;
  }

 private:
  static constexpr std::size_t kLineMax = 64 * limits::kMiB;

  void whole_lines() {
    std::size_t begin = 0;
    for (auto end = pending_.find('\n', scanned_); end != std::string::npos;
         end = pending_.find('\n', begin)) {
      answer(std::string_view(pending_).substr(begin, end - begin));
      begin = end + 1;
    }
    pending_.erase(0, begin);
    scanned_ = pending_.size();
  }

  void answer(std::string_view text) {
    ++line_;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
    const auto found = questions_.answer(text);
    codec::JsonWriter json(out_);
    json.begin_object();
    if (found) {
      json.member("decision", journey::name(found->effect)).key("matched").begin_array();
      for (const auto& statement : found->matched) json.value(statement.str());
      json.end_array();
    } else {
      ++errors_;
      json.member("line", line_).member("error", found.error().message);
    }
    json.end_object();
    out_ += '\n';
  }

  bool flush() {
    std::size_t written = 0;
    while (written < out_.size()) {
      const auto put = ::write(STDOUT_FILENO, out_.data() + written, out_.size() - written);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return false;  // nobody reads on
      written += static_cast<std::size_t>(put);
    }
    out_.clear();
    return true;
  }

  analysis::LineQuestions questions_;
  std::string pending_;
  std::size_t scanned_ = 0;  // so much of it has no line end
  std::string out_;
  unsigned long long line_ = 0;
  unsigned long long errors_ = 0;
};

int evaluate(bool strict) {
  std::shared_ptr<const catalog::Catalog> catalog;
  if (strict) {
    auto loaded = load_catalog({});
    if (!loaded) return report(loaded.error());
    catalog = *std::move(loaded);
  }
  return Stream(catalog.get()).run();
}

}  // namespace

void add_policy_eval(CLI::App& group, int& exit_code) {
  auto* verb = group.add_subcommand(
      "eval", "answer lines of {\"allow\":[],\"ask\":[],\"request\":{}} as IAM does");
  auto strict = std::make_shared<bool>(false);
  verb->add_flag("--strict", *strict,
                 "as the gateway does: `*` does not reach what must be named, and what IAM leaves "
                 "undefined does not allow");
  verb->add_flag("--json")->description("lines of JSON, as without it");
  verb->callback([strict, &exit_code] { exit_code = evaluate(*strict); });
}

}  // namespace strait::programs
