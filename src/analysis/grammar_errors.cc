// SPDX-License-Identifier: Apache-2.0
// Every grammar error of a file. The parser stops at the first, as it must; here the statement that
// it stopped in is overwritten by one that is right, in place, and the text is read again.
#include <algorithm>
#include <charconv>

#include "analysis/statements.h"
#include "codec/json.h"

namespace strait::analysis {
namespace {

constexpr std::string_view kHarmless = R"({"Effect":"Deny","Action":"*","Resource":"*"})";
constexpr std::size_t kErrorsMax = 100;

std::size_t offset_of(std::string_view text, policy::Place place) {
  std::size_t at = 0;
  for (int line = 1; line < place.line; ++line) at = text.find('\n', at) + 1;
  return at + static_cast<std::size_t>(place.column) - 1;
}

// One past the end of the value that begins at `from`, in a text that is good JSON.
std::size_t end_of_value(std::string_view text, std::size_t from) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = from; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
      if (in_string || depth > 0) continue;
      return at + 1;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth < 0 || (depth == 0 && c == ',')) return at;  // the end of a number or a word
    if (depth == 0 && (c == '}' || c == ']')) return at + 1;
  }
  return text.size();
}

// Puts the harmless statement over [from, to), such that lines after it stay where they are.
void overwrite(std::string& text, std::size_t from, std::size_t to) {
  const auto old = std::string_view(text).substr(from, to - from);
  const auto lines = static_cast<std::size_t>(std::ranges::count(old, '\n'));
  const auto last = old.size() - (old.rfind('\n') + 1);  // npos + 1 is 0
  std::string now(kHarmless);
  now.append(lines, '\n');
  if (lines > 0) {
    now.append(last, ' ');
  } else if (now.size() < old.size()) {
    now.append(old.size() - now.size(), ' ');
  }
  text.replace(from, to - from, now);
}

// The statement that holds `place`; nullopt when it is in none.
std::optional<std::pair<std::size_t, std::size_t>> statement_at(std::string_view text,
                                                                std::size_t offset) {
  const auto root = codec::parse_json(text);
  const auto* statements = root ? root->find("Statement") : nullptr;
  if (statements == nullptr || statements->list() == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < statements->list()->size(); ++i) {
    const auto from = offset_of(text, policy::locate(text, {std::string("Statement"), i}));
    const auto to = end_of_value(text, from);
    if (offset >= from && offset < to) return std::pair(from, to);
  }
  return std::nullopt;
}

}  // namespace

Finding finding_of_error(std::string_view rule, const std::string& file, std::string_view message) {
  Finding finding{.rule = rule, .severity = Severity::kError, .file = file};
  if (message.starts_with(file + ":")) message.remove_prefix(file.size() + 1);
  for (auto* number : {&finding.line, &finding.column}) {
    const char* const begin = message.data();
    const char* const end = begin + message.size();
    const auto read = std::from_chars(begin, end, *number);
    if (read.ec != std::errc() || read.ptr == end || *read.ptr != ':') break;
    message.remove_prefix(static_cast<std::size_t>(read.ptr - begin) + 1);
  }
  finding.message = message.substr(std::min(message.find_first_not_of(' '), message.size()));
  return finding;
}

std::vector<Finding> grammar_errors(const policy::PolicyText& file) {
  std::vector<Finding> findings;
  auto text = file.text;
  while (findings.size() < kErrorsMax) {
    const auto read = policy::parse_document(file.file, text);
    if (read) break;
    findings.push_back(finding_of_error("grammar", file.file, read.error().message));
    const policy::Place place{findings.back().line, findings.back().column};
    if (place.line == 0 || place.column == 0) break;
    const auto where = statement_at(text, offset_of(text, place));
    if (!where) break;
    overwrite(text, where->first, where->second);
  }
  return findings;
}

}  // namespace strait::analysis
