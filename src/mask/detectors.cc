// SPDX-License-Identifier: Apache-2.0
#include "mask/detectors.h"

#include <hs/hs.h>

#include <algorithm>
#include <utility>

#include "mask/confirm.h"

namespace strait::mask {

namespace {

struct Pattern {
  const char* expression;
  unsigned flags;
  DetectorSet wanted_by;
  bool hint;
};

// What stands in the raw bytes of a string when find() would say something of the decoded one. None
// of these characters is ever written as a short escape (\n, \/, &amp;); the last two see to those
// that write ASCII in numbers.
constexpr DetectorSet kEvery = kDetectAll;
constexpr Pattern kPatterns[] = {
    {"secret[_ .-]?(access[_ .-]?)?key", HS_FLAG_CASELESS, bit(Detector::kAwsSecretKey), true},
    {"A[KS]IA[A-Z0-9]{16}", 0, bit(Detector::kAwsSecretKey) | bit(Detector::kAwsAccessKeyId), true},
    {"PRIVATE KEY", 0, bit(Detector::kPrivateKey), false},
    {"LS0tLS1CRUdJT", 0, bit(Detector::kPrivateKey), false},  // base64 of "-----BEGIN"
    {"\\.eyJ", 0, bit(Detector::kJwt), false},
    {"gh[pousr]_[A-Za-z0-9]{36}", 0, bit(Detector::kGithubToken), false},
    {"github_pat_", 0, bit(Detector::kGithubToken), false},
    {"xox[abeoprs]-", 0, bit(Detector::kSlackToken), false},
    {"hooks\\.slack\\.com", 0, bit(Detector::kSlackToken), false},
    {"[rs]k_(live|test)_", 0, bit(Detector::kStripeKey), false},
    {"whsec_", 0, bit(Detector::kStripeKey), false},
    {"([0-9][ -]?){12}[0-9]", 0, bit(Detector::kCardNumber), false},
    {"\\\\u00[2-7]", 0, kEvery, false},
    {"&#", 0, kEvery, false},
};

struct ScratchFree {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};
struct DatabaseFree {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};

}  // namespace

struct Detectors::Databases {
  std::unique_ptr<hs_database_t, DatabaseFree> all;
  std::unique_ptr<hs_database_t, DatabaseFree>
      usual;  // of the default set alone, which is quicker; null: it is `all`
};

struct DetectorScan::Scratch {
  std::unique_ptr<hs_scratch_t, ScratchFree> memory;
  std::vector<Hit> hits;
  std::vector<Finding> findings;
};

Detectors::Detectors(DetectorSet set, std::unique_ptr<Databases> databases)
    : set_(set), databases_(std::move(databases)) {}
Detectors::~Detectors() = default;

namespace {

Result<hs_database_t*> compile_patterns(DetectorSet set) {
  std::vector<const char*> expressions;
  std::vector<unsigned> flags, ids;
  for (unsigned at = 0; at < std::size(kPatterns); ++at) {
    if ((kPatterns[at].wanted_by & set) == 0) continue;
    expressions.push_back(kPatterns[at].expression);
    flags.push_back(kPatterns[at].flags);
    ids.push_back(at);
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* problem = nullptr;
  const auto status = hs_compile_multi(expressions.data(), flags.data(), ids.data(),
                                       static_cast<unsigned>(ids.size()), HS_MODE_BLOCK, nullptr,
                                       &database, &problem);
  if (status == HS_SUCCESS) return database;
  std::string why =
      problem != nullptr && problem->message != nullptr ? problem->message : "unknown error";
  hs_free_compile_error(problem);
  return fail(ErrorCode::kInternal, "the secret detectors do not compile", std::move(why));
}

}  // namespace

Result<std::shared_ptr<const Detectors>> Detectors::compile(DetectorSet set) {
  if (set == kDetectNone || (set & ~kDetectAll) != 0) {
    return fail(ErrorCode::kInvalidConfiguration,
                "a set of detectors names at least one, and known ones only");
  }
  auto databases = std::make_unique<Databases>();
  TRY(auto* const all, compile_patterns(set));
  databases->all.reset(all);
  if (const DetectorSet usual = set & kDetectDefault; usual != kDetectNone && usual != set) {
    TRY(auto* const some, compile_patterns(usual));
    databases->usual.reset(some);
  }
  return std::shared_ptr<const Detectors>(new Detectors(set, std::move(databases)));
}

DetectorScan::DetectorScan(std::shared_ptr<const Detectors> detectors,
                           std::unique_ptr<Scratch> scratch)
    : detectors_(std::move(detectors)), scratch_(std::move(scratch)) {}
DetectorScan::DetectorScan(DetectorScan&&) noexcept = default;
DetectorScan& DetectorScan::operator=(DetectorScan&&) noexcept = default;
DetectorScan::~DetectorScan() = default;

Result<DetectorScan> DetectorScan::make(std::shared_ptr<const Detectors> detectors) {
  hs_scratch_t* memory = nullptr;
  const auto& databases = *detectors->databases_;
  auto status = hs_alloc_scratch(databases.all.get(), &memory);
  if (status == HS_SUCCESS && databases.usual)
    status = hs_alloc_scratch(databases.usual.get(), &memory);
  if (status != HS_SUCCESS) {
    hs_free_scratch(memory);
    return fail(ErrorCode::kInternal, "there is no memory for the secret detectors");
  }
  auto scratch = std::make_unique<Scratch>();
  scratch->memory.reset(memory);
  return DetectorScan(std::move(detectors), std::move(scratch));
}

Result<const std::vector<DetectorScan::Hit>*> DetectorScan::suspicious(std::string_view raw,
                                                                       DetectorSet set) {
  auto& hits = scratch_->hits;
  hits.clear();
  constexpr std::size_t kScanBytesMax = 1u << 31;
  if (raw.size() > kScanBytesMax)
    return fail(ErrorCode::kLimitExceeded, "a reply is too long to be searched");
  const auto& databases = *detectors_->databases_;
  const bool usual = databases.usual && (set & ~kDetectDefault) == 0;
  const auto on_match = [](unsigned id, unsigned long long, unsigned long long to, unsigned,
                           void* context) {
    static_cast<std::vector<Hit>*>(context)->push_back(
        {static_cast<std::size_t>(to), kPatterns[id].hint});
    return 0;
  };
  const auto status =
      hs_scan(usual ? databases.usual.get() : databases.all.get(), raw.data(),
              static_cast<unsigned>(raw.size()), 0, scratch_->memory.get(), on_match, &hits);
  if (status != HS_SUCCESS) return fail(ErrorCode::kInternal, "the secret detectors failed");
  std::ranges::sort(hits, {}, &Hit::end);
  return &hits;
}

Result<const std::vector<Finding>*> DetectorScan::find(std::string_view text, bool near) {
  scratch_->findings.clear();
  confirm(text, detectors_->set(), near, scratch_->findings);
  return &scratch_->findings;
}

}  // namespace strait::mask
