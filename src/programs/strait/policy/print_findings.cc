// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/policy/print_findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/json.h"

namespace strait::programs {
namespace {

using analysis::Finding;
using analysis::Severity;

std::string whole_message(const Finding& finding) {
  return finding.advice.empty() ? finding.message : finding.message + ": " + finding.advice;
}

// The escapes of workflow commands; in properties the separators as well.
std::string github_text(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    const bool escaped = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    if (escaped) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string_view github_level(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kNote: return "notice";
  }
  return "";
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return out;
}

}  // namespace

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

Format FormatOption::format() const {
  if (json || name == "json") return Format::kJson;
  if (name == "github") return Format::kGithub;
  return name == "junit" ? Format::kJunit : Format::kText;
}

void add_format_option(CLI::App& verb, FormatOption& option) {
  verb.add_option("--format", option.name,
                  "text, json, github (annotations in a workflow) or junit (XML)")
      ->check(CLI::IsMember({"text", "json", "github", "junit"}))
      ->capture_default_str();
  verb.add_flag("--json", option.json, "data as JSON");
}

void print_text(const std::vector<Finding>& findings) {
  for (const auto& one : findings) {
    auto place = one.file;
    if (one.line > 0) place += fmt::format(":{}", one.line);
    if (one.line > 0 && one.column > 0) place += fmt::format(":{}", one.column);
    fmt::print("{}: {}: {} [{}]\n", place, name(one.severity), one.message, one.rule);
    if (!one.advice.empty()) fmt::print("    {}\n", one.advice);
  }
}

void print_json(const std::vector<Finding>& findings) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object().key("findings").begin_array();
  for (const auto& one : findings) {
    json.begin_object()
        .member("rule", one.rule)
        .member("severity", name(one.severity))
        .member("file", one.file)
        .member("line", one.line)
        .member("column", one.column)
        .member("message", one.message)
        .member("advice", one.advice)
        .end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", out);
}

void print_github(const std::vector<Finding>& findings) {
  for (const auto& one : findings) {
    auto properties = "file=" + github_text(one.file, true);
    if (one.line > 0) properties += fmt::format(",line={}", one.line);
    if (one.line > 0 && one.column > 0) properties += fmt::format(",col={}", one.column);
    fmt::print("::{} {},title={}::{}\n", github_level(one.severity), properties,
               github_text(one.rule, true), github_text(whole_message(one), false));
  }
}

void print_junit(const std::string& suite, const std::vector<JunitCase>& cases) {
  const auto failed =
      std::ranges::count_if(cases, [](const JunitCase& one) { return !one.failures.empty(); });
  fmt::print("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  fmt::print("<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", xml_text(suite),
             cases.size(), failed);
  for (const auto& one : cases) {
    fmt::print("  <testcase classname=\"{}\" name=\"{}\"", xml_text(one.group), xml_text(one.name));
    if (one.failures.empty()) {
      fmt::print("/>\n");
      continue;
    }
    fmt::print(">\n");
    for (const auto& failure : one.failures)
      fmt::print("    <failure message=\"{}\"/>\n", xml_text(failure));
    fmt::print("  </testcase>\n");
  }
  fmt::print("</testsuite>\n");
}

}  // namespace strait::programs
