// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/sha256.h"
#include "mask/detectors.h"
#include "mask/mask_key.h"
#include "mask/rules.h"

// A string too long to be held, passing in segments of decoded text.
namespace strait::mask {

// Covers what detectors find in it. Holds back as much as the longest secret may need, and some
// text already released as context for the next look.
class LongText {
 public:
  LongText(DetectorScan& scan, DetectorSet set, const MaskKey& key, bool near)
      : scan_(scan), set_(set), key_(key), near_(near) {}
  // Appends to `out` what may be released of everything so far; all of it with `last`. Cuts between
  // characters only.
  Status add(std::string_view decoded, bool last, std::string& out);
  const std::vector<Detector>& found() const { return found_; }

 private:
  DetectorScan& scan_;
  DetectorSet set_;
  const MaskKey& key_;
  bool near_;
  std::string text_;         // context, then what is held back
  std::size_t context_ = 0;  // bytes of it that have been released
  std::vector<Detector> found_;
};

}  // namespace strait::mask
