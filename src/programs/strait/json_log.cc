// SPDX-License-Identifier: Apache-2.0
#include <spdlog/details/log_msg.h>

#include "base/time.h"
#include "codec/json.h"
#include "programs/strait/serve.h"

namespace strait::programs {
namespace {

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    std::string line = R"({"t":")";
    line += rfc3339(std::chrono::time_point_cast<std::chrono::microseconds>(message.time));
    line += R"(","level":")";
    const auto level = spdlog::level::to_string_view(message.level);
    line.append(level.data(), level.size());
    line += R"(","message":)";
    codec::write_json_string(line, {message.payload.data(), message.payload.size()});
    line += "}\n";
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

}  // namespace

std::unique_ptr<spdlog::formatter> json_formatter() { return std::make_unique<JsonFormatter>(); }

}  // namespace strait::programs
