// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/starter.h"

#include <fmt/format.h>

#include <fstream>

#include "codec/json.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;

std::string quoted_toml(const std::string& text) {
  std::string out;
  codec::write_json_string(out, text);  // a TOML basic string takes JSON's escapes
  return out;
}

std::string configuration(const Starter& starter) {
  auto text = fmt::format(R"([server]
listen = {}
admin_listen = {}
{}hosts = ["127.0.0.1", "localhost"]
state_dir = "state"

[issuer.main]
url = {}
audiences = ["strait"]
)",
                          quoted_toml(starter.listen), quoted_toml(starter.admin_listen),
                          starter.listen_proxy.empty()
                              ? std::string()
                              : "listen_proxy = " + quoted_toml(starter.listen_proxy) + "\n",
                          quoted_toml(starter.issuer));
  if (!starter.jwks_file.empty()) text += "jwks_file = " + quoted_toml(starter.jwks_file) + "\n";
  text += fmt::format("\n[connection.main]\naccount = {}\ncredentials = {}\n",
                      quoted_toml(starter.account), quoted_toml(starter.credentials));
  if (!starter.upstream_role.empty())
    text += "role_arn = " + quoted_toml(starter.upstream_role) + "\n";
  if (!starter.endpoint.empty()) text += "endpoint = " + quoted_toml(starter.endpoint) + "\n";
  return text;
}

std::string role(const Starter& starter) {
  return fmt::format(R"(arn = {}
connection = "main"
trust = "policies/developer.trust.json"
allow = ["policies/look.json"]
ask = ["policies/everything-else.json"]
approvers = [{}]
hold = "20s"
)",
                     quoted_toml(starter.role_arn()), quoted_toml(starter.approver));
}

std::string trust(const Starter& starter) {
  std::string name, subject;
  codec::write_json_string(name, starter.issuer_name());
  codec::write_json_string(subject, starter.subject);
  std::string key;
  codec::write_json_string(key, starter.issuer_name() + ":sub");
  return fmt::format(R"({{
  "Version": "2012-10-17",
  "Statement": [{{
    "Effect": "Allow",
    "Principal": {{"Federated": {}}},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {{"StringLike": {{{}: {}}}}}
  }}]
}}
)",
                     name, key, subject);
}

// What the starter role may do without asking.
constexpr std::string_view kLookActions =
    R"("cloudformation:Describe*", "cloudformation:List*", "cloudwatch:Describe*",
      "cloudwatch:GetDashboard", "cloudwatch:GetMetric*", "cloudwatch:List*",
      "dynamodb:Describe*", "dynamodb:List*",
      "ec2:Describe*", "ecr:Describe*", "ecr:List*", "ecs:Describe*", "ecs:List*",
      "eks:Describe*", "eks:List*", "elasticloadbalancing:Describe*", "iam:List*",
      "lambda:List*", "logs:Describe*", "logs:FilterLogEvents", "logs:GetLogEvents",
      "rds:Describe*", "route53:List*", "s3:GetBucket*", "s3:List*", "sns:List*",
      "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:List*", "tag:Get*")";

std::string look() {
  return fmt::format(R"({{
  "Version": "2012-10-17",
  "Statement": [{{
    "Sid": "Look",
    "Effect": "Allow",
    "Action": [
      {}
    ],
    "Resource": "*"
  }}]
}}
)",
                     kLookActions);
}

// All the rest, since ask beats allow; and what must never be asked for either: changing who may do
// what.
std::string everything_else() {
  return fmt::format(R"({{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Sid": "AskFirst",
      "Effect": "Allow",
      "NotAction": [
      {}
      ],
      "Resource": "*"
    }},
    {{
      "Sid": "NeverChangeIdentity",
      "Effect": "Deny",
      "Action": ["iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:Put*", "iam:Set*",
                 "iam:Update*", "iam:PassRole", "organizations:*", "account:*"],
      "Resource": "*"
    }}
  ]
}}
)",
                     kLookActions);
}

// What the two policies above must keep saying, whatever is added to them.
std::string tests() {
  return R"(# What the role must get and must not get: `strait policy test` runs these cases, and
# `strait apply` refuses a change that breaks one.
role = "developer"

[[case]]
name = "looking is allowed"
actions = ["ec2:DescribeInstances", "s3:ListBucket", "cloudwatch:GetMetricData"]
expect = "allow"

[[case]]
name = "a change is asked for"
actions = ["ec2:StopInstances", "s3:DeleteObject"]
expect = "ask"

[[case]]
name = "who may do what is never changed, not even after asking"
actions = ["iam:CreateUser", "iam:AttachRolePolicy", "iam:PassRole"]
expect = "deny"
rule = "#NeverChangeIdentity"
)";
}

}  // namespace

std::string Starter::issuer_name() const {
  const auto scheme = issuer.find("://");
  return scheme == std::string::npos ? issuer : issuer.substr(scheme + 3);
}

Result<std::vector<fs::path>> write_starter(const fs::path& folder, const Starter& starter) {
  std::error_code failed;
  fs::create_directories(folder / "roles", failed);
  fs::create_directories(folder / "policies", failed);
  if (failed) return fail(ErrorCode::kIo, "cannot make folders under " + folder.string());
  const std::vector<std::pair<fs::path, std::string>> files = {
      {folder / "strait.toml", configuration(starter)},
      {folder / "roles/developer.toml", role(starter)},
      {folder / "policies/developer.trust.json", trust(starter)},
      {folder / "policies/look.json", look()},
      {folder / "policies/everything-else.json", everything_else()},
      {folder / "policies/developer.test.toml", tests()},
  };
  std::vector<fs::path> written;
  for (const auto& [path, text] : files) {
    std::ofstream file(path, std::ios::binary);
    if (!(file << text)) return fail(ErrorCode::kIo, "cannot write " + path.string());
    written.push_back(path);
  }
  return written;
}

}  // namespace strait::programs
