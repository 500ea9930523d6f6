// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

// The AWS shared config and credentials files ("Shared config and credentials files" in the AWS
// SDKs and Tools Reference Guide): sections in brackets, `key = value`, comments after # or ; at
// the start of a line or after a blank, nested settings by indentation (of which none concerns us:
// they are passed over).
namespace strait::keys {

using Profile = std::map<std::string, std::string>;

class ProfileFiles {
 public:
  // `config` has sections [default], [profile NAME] (and others, which are passed over);
  // `credentials` has [NAME]. Settings of the credentials file win. kInvalidConfiguration with a
  // line number; values are never quoted.
  static Result<ProfileFiles> parse(std::string_view config, std::string_view credentials);

  const Profile* find(std::string_view name) const;

 private:
  std::map<std::string, Profile, std::less<>> profiles_;
};

}  // namespace strait::keys
