// SPDX-License-Identifier: Apache-2.0
#include "mask/confirm.h"

#include <algorithm>
#include <array>

#include "codec/base64.h"

// The exact second look. Forms: AWS "IAM identifiers" (unique ids AKIA, ASIA), RFC 7468 (PEM), RFC
// 7519 (JWT), GitHub "Behind GitHub's new authentication token formats", Slack "Token types",
// Stripe "API keys", ISO/IEC 7812-1 (Luhn).
namespace strait::mask {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_word(char c) { return is_digit(c) || is_upper(c) || is_lower(c); }
bool is_base64(char c) { return is_word(c) || c == '+' || c == '/'; }
bool is_base64url(char c) { return is_word(c) || c == '-' || c == '_'; }

// The end of the run of characters of `kind` that begins at `at`.
template <class Kind>
std::size_t run(std::string_view text, std::size_t at, Kind kind) {
  while (at < text.size() && kind(text[at])) ++at;
  return at;
}

template <class Kind>
bool starts_run(std::string_view text, std::size_t at, Kind kind) {
  return at == 0 || !kind(text[at - 1]);
}

class Look {
 public:
  Look(std::string_view text, std::vector<Finding>& out) : text_(text), out_(out) {}

  void add(std::size_t begin, std::size_t end, Detector detector) {
    out_.push_back({begin, end, detector});
  }

  // Calls `at(position)` for every occurrence of `word`; it returns where to look on.
  template <class At>
  void each(std::string_view word, At at) {
    for (auto from = text_.find(word); from != std::string_view::npos;
         from = text_.find(word, from)) {
      from = std::max(at(from), from + 1);
    }
  }

  void access_key_ids() {
    for (const auto* prefix : {"AKIA", "ASIA"}) {
      each(prefix, [&](std::size_t at) {
        const auto end = run(text_, at, [](char c) { return is_upper(c) || is_digit(c); });
        if (end - at == 20 && starts_run(text_, at, is_word) &&
            (end == text_.size() || !is_word(text_[end]))) {
          add(at, end, Detector::kAwsAccessKeyId);
        }
        return end;
      });
    }
  }

  // Forty characters of base64 of every kind, with a hint in the kHintBytes before them.
  void secret_keys(bool near) {
    for (std::size_t at = 0; at < text_.size();) {
      if (!is_base64(text_[at])) {
        ++at;
        continue;
      }
      const auto end = run(text_, at, is_base64);
      if (end - at == 40 && mixed(text_.substr(at, 40)) &&
          ((near && at <= kHintBytes) || hinted(at))) {
        add(at, end, Detector::kAwsSecretKey);
      }
      at = end;
    }
  }

  void private_keys() {
    constexpr std::string_view kBegin = "-----BEGIN ", kEnd = "-----END ";
    each(kBegin, [&](std::size_t at) {
      const auto label_end = text_.find("-----", at + kBegin.size());
      if (label_end == std::string_view::npos || label_end - at > 80) return at + 1;
      if (!text_.substr(at, label_end - at).contains("PRIVATE KEY")) return label_end;
      const auto close = text_.find(kEnd, label_end);
      auto end = std::min(text_.size(), at + kFindingBytesMax);
      if (close != std::string_view::npos && close < end) {
        const auto tail = text_.find("-----", close + kEnd.size());
        end = std::min(end, tail == std::string_view::npos ? text_.size() : tail + 5);
      }
      add(at, end, Detector::kPrivateKey);
      return end;
    });
    each("LS0tLS1CRUdJT", [&](std::size_t at) {
      const auto end = std::min(at + kFindingBytesMax, run(text_, at, is_base64));
      const auto head =
          codec::base64_decode(text_.substr(at, std::min<std::size_t>(56, (end - at) / 4 * 4)));
      if (head && head->contains("PRIVATE KEY"))
        add(at, run(text_, end, [](char c) { return c == '='; }), Detector::kPrivateKey);
      return end;
    });
  }

  void jwts() {
    each("eyJ", [&](std::size_t at) {
      const auto dot = run(text_, at, is_base64url);
      if (!starts_run(text_, at, is_base64url) || !text_.substr(dot).starts_with(".eyJ"))
        return dot;
      const auto second = run(text_, dot + 1, is_base64url);
      if (second >= text_.size() || text_[second] != '.' || dot - at < 12) return second;
      const auto end = run(text_, second + 1, [](char c) { return is_base64url(c) || c == '.'; });
      add(at, end, Detector::kJwt);
      return end;
    });
  }

  // `prefix` and at least `least` characters of `kind` after it.
  template <class Kind>
  void prefixed(std::string_view prefix, std::size_t least, Kind kind, Detector detector) {
    each(prefix, [&](std::size_t at) {
      const auto end = run(text_, at + prefix.size(), kind);
      if (end - at >= prefix.size() + least && starts_run(text_, at, is_word))
        add(at, end, detector);
      return end;
    });
  }

  void github() {
    for (const auto* prefix : {"ghp_", "gho_", "ghu_", "ghs_", "ghr_"})
      prefixed(prefix, 36, is_word, Detector::kGithubToken);
    prefixed(
        "github_pat_", 22, [](char c) { return is_word(c) || c == '_'; }, Detector::kGithubToken);
  }

  void slack() {
    const auto dashed = [](char c) { return is_word(c) || c == '-'; };
    for (const auto* prefix : {"xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"}) {
      prefixed(prefix, 10, dashed, Detector::kSlackToken);
    }
    const auto path = [](char c) { return is_word(c) || c == '/' || c == '_' || c == '-'; };
    prefixed("hooks.slack.com/", 20, path, Detector::kSlackToken);
  }

  void stripe() {
    for (const auto* prefix : {"sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"}) {
      prefixed(prefix, 16, is_word, Detector::kStripeKey);
    }
  }

  void cards() {
    for (std::size_t at = 0; at < text_.size();) {
      if (!is_digit(text_[at])) {
        ++at;
        continue;
      }
      std::string digits;
      auto end = at;
      for (auto next = at; next < text_.size() && digits.size() < 20; ++next) {
        if (is_digit(text_[next])) {
          digits.push_back(text_[next]);
          end = next + 1;
        } else if (next != end || (text_[next] != ' ' && text_[next] != '-')) {
          break;
        }
      }
      const bool alone =
          starts_run(text_, at, is_word) && (end == text_.size() || !is_word(text_[end]));
      if (alone && known_issuer(digits) && luhn(digits)) add(at, end, Detector::kCardNumber);
      at = run(text_, end, is_digit);
    }
  }

 private:
  static bool mixed(std::string_view key) {
    const auto has = [&](auto kind) { return std::ranges::any_of(key, kind); };
    std::array<bool, 256> seen{};
    for (const unsigned char c : key) seen[c] = true;
    return has(is_upper) && has(is_lower) && has(is_digit) && std::ranges::count(seen, true) >= 12;
  }

  // "secret key", "SecretAccessKey", "secret_access_key": as the raw pattern has it (detectors.cc).
  bool hinted(std::size_t at) const {
    const auto from = at > kHintBytes ? at - kHintBytes : 0;
    std::string before(text_.substr(from, at - from));
    for (auto& c : before) c = is_upper(c) ? static_cast<char>(c + 32) : c;
    const auto rest_is_key = [](std::string_view rest) {
      const auto separator = [&] {
        if (!rest.empty() && std::string_view("_ .-").contains(rest[0])) rest.remove_prefix(1);
      };
      separator();
      if (rest.starts_with("access")) {
        rest.remove_prefix(6);
        separator();
      }
      return rest.starts_with("key");
    };
    const std::string_view view = before;
    for (auto word = view.find("secret"); word != std::string_view::npos;
         word = view.find("secret", word + 1)) {
      if (rest_is_key(view.substr(word + 6))) return true;
    }
    return has_key_id(from, at);
  }

  bool has_key_id(std::size_t from, std::size_t to) const {
    const auto part = text_.substr(from, to - from);
    for (const auto* prefix : {"AKIA", "ASIA"}) {
      const auto at = part.find(prefix);
      if (at == std::string_view::npos) continue;
      if (run(part, at, [](char c) { return is_upper(c) || is_digit(c); }) - at >= 20) return true;
    }
    return false;
  }

  // Visa, Mastercard, American Express, Discover, Diners, JCB: by first digits and length.
  static bool known_issuer(std::string_view digits) {
    const auto size = digits.size();
    if (size < 13 || size > 19) return false;
    const int two = (digits[0] - '0') * 10 + (digits[1] - '0');
    const int four = two * 100 + (digits[2] - '0') * 10 + (digits[3] - '0');
    if (digits[0] == '4') return size == 13 || size == 16 || size == 19;
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return size == 16;
    if (two == 34 || two == 37) return size == 15;
    if (four == 6011 || two == 65 || (four >= 6440 && four <= 6499)) return size >= 16;
    if (two == 36 || two == 38 || (four >= 3000 && four <= 3059)) return size == 14;
    return four >= 3528 && four <= 3589 && size == 16;
  }

  std::string_view text_;
  std::vector<Finding>& out_;
};

void drop_overlaps(std::vector<Finding>& findings) {
  std::ranges::sort(findings, [](const Finding& left, const Finding& right) {
    return left.begin != right.begin ? left.begin < right.begin : left.end > right.end;
  });
  std::size_t end = 0;
  std::erase_if(findings, [&](const Finding& finding) {
    if (finding.begin < end) return true;
    end = finding.end;
    return false;
  });
}

}  // namespace

bool luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (std::size_t at = digits.size(); at-- > 0; twice = !twice) {
    const int value = (digits[at] - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return !digits.empty() && sum % 10 == 0;
}

void confirm(std::string_view text, DetectorSet set, bool near, std::vector<Finding>& out) {
  Look look(text, out);
  if (set & bit(Detector::kAwsSecretKey)) look.secret_keys(near);
  if (set & bit(Detector::kPrivateKey)) look.private_keys();
  if (set & bit(Detector::kAwsAccessKeyId)) look.access_key_ids();
  if (set & bit(Detector::kJwt)) look.jwts();
  if (set & bit(Detector::kGithubToken)) look.github();
  if (set & bit(Detector::kSlackToken)) look.slack();
  if (set & bit(Detector::kStripeKey)) look.stripe();
  if (set & bit(Detector::kCardNumber)) look.cards();
  drop_overlaps(out);
}

}  // namespace strait::mask
