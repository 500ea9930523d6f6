// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "async/clock.h"
#include "desk/desk.h"
#include "gateway/counted.h"
#include "gateway/world.h"
#include "store/recorder.h"

namespace strait::gateway {

// What the desk asks of the rest of the house: the policies now in force, and a durable record of
// each of its steps.
class CurrentPolicies final : public desk::PolicyView {
 public:
  CurrentPolicies(const PublishedWorld& world, Counted& counted, const async::Clock& clock)
      : world_(world), counted_(counted), clock_(clock) {}
  journey::Verdict judge(const journey::Call& call, const journey::Session& session) const override;
  std::shared_ptr<const policy::RoleConfig> role(std::string_view arn) const override;

 private:
  const PublishedWorld& world_;
  Counted& counted_;
  const async::Clock& clock_;
};

class RecordedDesk final : public desk::DeskEvents {
 public:
  explicit RecordedDesk(store::Recorder& recorder) : recorder_(recorder) {}
  async::Task<Status> requested(const desk::Request& request,
                                const journey::JudgedCall& call) override;
  async::Task<Status> decided(const desk::Request& request, const desk::Decision& decision,
                              const GrantId& grant, Timestamp grant_expires) override;
  async::Task<Status> consumed(const desk::Request& request, const desk::Consumed& consumed,
                               const CallId& call) override;
  async::Task<Status> expired(const desk::Request& request) override;

 private:
  store::Recorder& recorder_;
};

}  // namespace strait::gateway
