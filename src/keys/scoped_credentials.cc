// SPDX-License-Identifier: Apache-2.0
#include "keys/scoped_credentials.h"

#include "keys/sts.h"

namespace strait::keys {
namespace {

// What signs the AssumeRole calls of all: kept by a source of its own.
class SharedFetcher final : public CredentialFetcher {
 public:
  explicit SharedFetcher(std::shared_ptr<CredentialSource> source) : source_(std::move(source)) {}
  async::Task<Result<AwsCredentialsPtr>> fetch() override { co_return co_await source_->get(); }
  std::string describe() const override { return source_->describe(); }

 private:
  std::shared_ptr<CredentialSource> source_;
};

}  // namespace

Result<std::unique_ptr<ScopedCredentials>> ScopedCredentials::make(const CredentialSpec& spec,
                                                                   const Surroundings& around,
                                                                   std::size_t sources_max) {
  if (!is_role_arn(spec.role_arn)) {
    return fail(ErrorCode::kInvalidConfiguration,
                strait::quoted(spec.role_arn) + " is no role's ARN");
  }
  auto below = spec;
  below.role_arn.clear();
  below.external_id.clear();
  TRY(auto base, make_fetcher(below, around));
  return std::unique_ptr<ScopedCredentials>(
      new ScopedCredentials(spec, around, sources_max, std::move(base)));
}

ScopedCredentials::ScopedCredentials(CredentialSpec spec, Surroundings around,
                                     std::size_t sources_max,
                                     std::unique_ptr<CredentialFetcher> base)
    : spec_(std::move(spec)),
      around_(std::move(around)),
      sources_max_(sources_max),
      base_(std::make_shared<CredentialSource>(*around_.loop, *around_.clock, std::move(base))) {}

std::shared_ptr<CredentialSource> ScopedCredentials::source(std::string_view session_id,
                                                            ScopedSpec wanted) {
  auto key = std::string(session_id) + " " + wanted.policies->front().hash;
  const std::lock_guard lock(mutex_);
  if (const auto found = places_.find(key); found != places_.end()) {
    kept_.splice(kept_.begin(), kept_, found->second);
    return kept_.front().source;
  }
  auto spec = spec_;
  spec.session_name = std::move(wanted.session_name);
  spec.source_identity = std::move(wanted.source_identity);
  spec.tags = std::move(wanted.tags);
  spec.policies = std::move(wanted.policies);
  spec.duration = wanted.duration;
  auto fetcher = assume_role_fetcher(std::make_unique<SharedFetcher>(base_), spec, around_);
  kept_.push_front({std::move(key), std::make_shared<CredentialSource>(
                                        *around_.loop, *around_.clock, std::move(fetcher))});
  places_.emplace(kept_.front().key, kept_.begin());
  if (kept_.size() > sources_max_) {
    places_.erase(kept_.back().key);
    kept_.pop_back();
  }
  return kept_.front().source;
}

std::size_t ScopedCredentials::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace strait::keys
