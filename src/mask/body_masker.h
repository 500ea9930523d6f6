// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/journey.h"
#include "mask/detectors.h"
#include "mask/mask_key.h"
#include "mask/plan.h"
#include "mask/reply_filter.h"

namespace strait::mask {

// What every way of reading a body needs to know. `plan`, `key` and `scan` outlive it; `scan` is
// null when no detector is on.
struct MaskContext {
  const MaskPlan* plan = nullptr;
  const MaskKey* key = nullptr;
  DetectorScan* scan = nullptr;
  NodeId root = kClean;
  DetectorSet set = kDetectNone;
  std::string here =
      {};  // "https://gw.example": what queue URLs shall begin with; "" to leave them
};

// A body on its way through. See ReplyFilter, whose feed() and finish() these are.
class BodyMasker {
 public:
  explicit BodyMasker(const MaskContext& context) : context_(context) {}
  virtual ~BodyMasker() = default;
  virtual Status feed(std::string_view piece, std::string& out) = 0;
  virtual Status finish(std::string& out) = 0;
  // The whole body at once. False: nothing is to change, and `out` is as it was.
  virtual Result<bool> whole(std::string_view body, std::string& out);
  const std::vector<journey::MaskedMember>& masked() const { return masked_; }

 protected:
  // Each path once; at most kMaskedMembersMax.
  void tell(std::string path, std::string_view kind);
  // Whether a value at this place was told before; so that thousands of one kind cost one path.
  bool told(NodeId target, std::string_view label, std::size_t depth);
  // The URL of a queue, with this gateway's address instead of AWS's; what is no URL stays.
  std::string brought_here(std::string_view url) const;
  DetectorSet detect() const { return context_.set; }
  const Node& node(NodeId id) const { return context_.plan->node(id); }

  MaskContext context_;
  std::vector<journey::MaskedMember> masked_;

 private:
  struct Told {
    NodeId target;
    const char* label;
    std::size_t depth;
    bool operator==(const Told&) const = default;
  };
  std::vector<Told> told_;
};
inline constexpr std::size_t kMaskedMembersMax =
    256;  // beyond, the record says no more than that there were many

// Copies a window of input to output with replacements, in order.
class Splice {
 public:
  Splice(std::string_view window, std::string& out) : window_(window), out_(out) {}
  void replace(std::size_t begin, std::size_t end, std::string_view with) {
    out_.append(window_, copied_, begin - copied_).append(with);
    copied_ = end;
    changed_ = true;
  }
  void copy_to(std::size_t end) {
    out_.append(window_, copied_, end - copied_);
    copied_ = end;
  }
  bool changed() const { return changed_; }

 private:
  std::string_view window_;
  std::string& out_;
  std::size_t copied_ = 0;
  bool changed_ = false;
};

// A reader of tokens. walk() sees all input that it has not used yet, and uses whole tokens only;
// what is left comes again with more behind it. So how the input was cut cannot change what it
// does.
class WindowedMasker : public BodyMasker {
 public:
  using BodyMasker::BodyMasker;
  Status feed(std::string_view piece, std::string& out) override;
  Status finish(std::string& out) override;
  Result<bool> whole(std::string_view body, std::string& out) override;

 protected:
  // How many bytes of `window` were used; with `last` nothing will follow. What is released goes to
  // `splice`.
  virtual Result<std::size_t> walk(std::string_view window, bool last, Splice& splice) = 0;
  virtual bool complete() const = 0;  // the body may end here

  // Of the walk under way: what the detectors noticed, and where it is in the body.
  Status look_over(std::string_view window);
  struct Noticed {
    bool flagged = false;  // something suspicious inside
    bool near = false;     // a hint shortly before
    bool worth() const { return flagged || near; }
  };
  Noticed noticed(std::size_t begin, std::size_t end);  // positions in the window, never going back
  void forget_hints() { hint_ = kNoHint; }
  std::size_t next_stop(std::size_t at) const;  // where the next string to look at may be, or npos
  // `text` with findings replaced, appended to `out`; false (and nothing appended) when there are
  // none.
  Result<bool> cover_findings(std::string_view text, bool near,
                              const std::function<std::string()>& path, std::string& out);

 private:
  Result<std::size_t> step(std::string_view window, bool last, Splice& splice);

  std::string pending_;
  std::size_t retry_at_ = 0;  // pending_.size() from which another walk() is worth it
  bool any_ = false;          // input has been seen
  std::uint64_t used_ = 0;    // bytes of the body before the window
  std::vector<DetectorScan::Hit> hits_;
  std::size_t next_hit_ = 0;
  static constexpr std::uint64_t kNoHint = ~std::uint64_t{0};
  std::uint64_t hint_ = kNoHint;  // where in the body the last hint ended
};

std::unique_ptr<BodyMasker> make_body_masker(BodyForm form, const MaskContext& context);
std::unique_ptr<BodyMasker> make_json_masker(const MaskContext& context);
std::unique_ptr<BodyMasker> make_xml_masker(const MaskContext& context);
std::unique_ptr<BodyMasker> make_cbor_masker(const MaskContext& context);
std::unique_ptr<BodyMasker> make_blob_masker(const MaskContext& context, std::string_view kind);
std::unique_ptr<BodyMasker> make_event_masker(const MaskContext& context);

// What stands instead of a covered string of a leaf of `shape`: the marker, or something of the
// shape's own grammar. `base64`: the protocol writes blobs so.
std::string substitute(catalog::ShapeKind shape, std::string_view marker, bool base64);

// The error of a body that cannot be read.
std::unexpected<Error> withheld(std::string why);

inline constexpr std::size_t kLongStringBytes = 192 * 1024;  // strings beyond pass in segments
inline constexpr std::size_t kSegmentBytes = 64 * 1024;

}  // namespace strait::mask
