// SPDX-License-Identifier: Apache-2.0
#include "keys/profile_file.h"

#include <optional>

namespace strait::keys {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Without a comment, which begins with # or ; after a blank.
std::string_view without_comment(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if ((text[at] == '#' || text[at] == ';') && is_blank(text[at - 1]))
      return trim(text.substr(0, at));
  }
  return text;
}

class Reader {
 public:
  Reader(std::string_view file, bool prefixed, std::map<std::string, Profile, std::less<>>& out)
      : file_(file), prefixed_(prefixed), out_(out) {}

  Status read(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      ++line_;
      CHECK_OK(line(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
  }

 private:
  std::unexpected<Error> refused(std::string_view why) const {
    return fail(ErrorCode::kInvalidConfiguration, "the AWS " + std::string(file_) + " file, line " +
                                                      std::to_string(line_) + ": " +
                                                      std::string(why));
  }

  Status line(std::string_view raw) {
    const auto text = trim(raw);
    if (text.empty() || text.front() == '#' || text.front() == ';') return {};
    if (is_blank(raw.front()) && profile_known_) return {};  // nested setting or continuation
    if (text.front() == '[') return section(without_comment(text));
    if (!profile_known_) return refused("a setting before the first section");
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
      return refused("neither a section nor `key = value`");
    if (profile_ == nullptr) return {};
    auto key = std::string(trim(text.substr(0, equals)));
    for (auto& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    (*profile_)[key] = std::string(without_comment(trim(text.substr(equals + 1))));
    return {};
  }

  Status section(std::string_view text) {
    if (text.size() < 3 || text.back() != ']') return refused("a section that does not end");
    auto name = trim(text.substr(1, text.size() - 2));
    profile_known_ = true;
    profile_ = nullptr;
    if (prefixed_ && name != "default") {
      constexpr std::string_view kPrefix = "profile";
      if (!name.starts_with(kPrefix) || name.size() == kPrefix.size() ||
          !is_blank(name[kPrefix.size()]))
        return {};
      name = trim(name.substr(kPrefix.size()));
    }
    if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') &&
        name.back() == name.front()) {
      name = name.substr(1, name.size() - 2);
    }
    if (name.empty()) return refused("a section without a name");
    profile_ = &out_[std::string(name)];
    return {};
  }

  std::string_view file_;
  bool prefixed_;
  std::map<std::string, Profile, std::less<>>& out_;
  Profile* profile_ = nullptr;  // null in a section that is no profile
  bool profile_known_ = false;
  int line_ = 0;
};

}  // namespace

Result<ProfileFiles> ProfileFiles::parse(std::string_view config, std::string_view credentials) {
  ProfileFiles files;
  CHECK_OK(Reader("config", true, files.profiles_).read(config));
  CHECK_OK(Reader("credentials", false, files.profiles_).read(credentials));
  return files;
}

const Profile* ProfileFiles::find(std::string_view name) const {
  const auto at = profiles_.find(name);
  return at == profiles_.end() ? nullptr : &at->second;
}

}  // namespace strait::keys
