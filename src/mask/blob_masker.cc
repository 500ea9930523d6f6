// SPDX-License-Identifier: Apache-2.0
#include "crypto/sha256.h"
#include "mask/body_masker.h"

namespace strait::mask {

namespace {

// A body that is one covered blob or text: nothing of it passes, its marker stands for it. An empty
// one stays empty.
class BlobMasker final : public BodyMasker {
 public:
  BlobMasker(const MaskContext& context, std::string_view kind)
      : BodyMasker(context), kind_(kind) {}

  Status feed(std::string_view piece, std::string&) override {
    any_ = any_ || !piece.empty();
    digest_.update(piece);
    return {};
  }

  Status finish(std::string& out) override {
    if (!any_) return {};
    out.append(context_.key->marker(kind_, digest_.finish()));
    tell("*", kind_);
    return {};
  }

 private:
  std::string_view kind_;
  crypto::Sha256 digest_;
  bool any_ = false;
};

}  // namespace

std::unique_ptr<BodyMasker> make_blob_masker(const MaskContext& context, std::string_view kind) {
  return std::make_unique<BlobMasker>(context, kind);
}

}  // namespace strait::mask
