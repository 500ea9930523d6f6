// SPDX-License-Identifier: Apache-2.0
// What the compiled pack must know about the real AWS. Needs strait.pack (ninja pack); skipped
// without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "catalog/catalog.h"
#include "catalog/member_search.h"

namespace strait::catalog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Query = std::vector<std::pair<std::string_view, std::string_view>>;

const Catalog* pack() {
  static const auto loaded = []() -> std::unique_ptr<const Catalog> {
    static std::string bytes;
    std::ifstream file(STRAIT_PACK_FILE, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
    if (bytes.empty()) return nullptr;
    auto catalog = Catalog::load(std::as_bytes(std::span(bytes)));
    EXPECT_TRUE(catalog) << catalog.error().message;
    return catalog ? *std::move(catalog) : nullptr;
  }();
  return loaded.get();
}

class Pack : public testing::Test {
 protected:
  void SetUp() override {
    if (!pack())
      GTEST_SKIP() << "skipped: no " << STRAIT_PACK_FILE
                   << "; `ninja pack` in the release build makes it";
  }

  static Operation operation(std::string_view service, std::string_view name) {
    const auto found = pack()->service(service)->operation(name);
    EXPECT_TRUE(found) << service << " " << name;
    return found.value_or(Operation(pack(), 0));
  }

  // "service Operation" of what a REST request can be, "label=value" after it.
  static std::vector<std::string> route(std::string_view service, std::string_view method,
                                        std::string_view path, Query query = {}) {
    std::vector<std::string_view> segments;
    for (auto rest = path.substr(1);; rest.remove_prefix(rest.find('/') + 1)) {
      segments.push_back(rest.substr(0, rest.find('/')));
      if (rest.find('/') == std::string_view::npos) break;
    }
    std::vector<std::string> out;
    for (const auto& found : pack()->routes(*pack()->service(service), method, segments, query)) {
      auto& text = out.emplace_back(found.operation.name());
      for (const auto& [label, value] : found.labels)
        text += " " + std::string(label) + "=" + value;
    }
    return out;
  }

  // "action" of what is always needed, "action?member" and "action!member" of what hangs on a
  // member.
  static std::vector<std::string> actions(std::string_view service, std::string_view name) {
    std::vector<std::string> out;
    for (const auto& row : operation(service, name).actions()) {
      if (row.trigger == Trigger::kMay) continue;
      auto& text = out.emplace_back(row.action);
      if (row.trigger == Trigger::kMemberPresent) text += "?" + std::string(row.member);
      if (row.trigger == Trigger::kMemberAbsent) text += "!" + std::string(row.member);
      if (row.trigger == Trigger::kRoleArn) text += "@" + std::string(row.member);
    }
    return out;
  }

  // "pattern variable<path ..." of the named rows of an operation's first action.
  static std::vector<std::string> resources(std::string_view service, std::string_view name) {
    std::vector<std::string> out;
    const auto rows = operation(service, name).actions();
    if (rows.empty()) return out;
    for (const auto& resource : rows.front().resources) {
      auto& text = out.emplace_back(resource.pattern);
      for (const auto& binding : resource.bindings)
        text += " " + std::string(binding.variable) + "<" + std::string(binding.member);
    }
    return out;
  }

  // "partition region label: services" of a host.
  static std::string host(std::string_view name) {
    const auto found = pack()->endpoint(name);
    if (!found) return "unknown";
    auto text = std::string(found->partition) + " " + found->region + " " + found->label + ":";
    for (const auto& service : found->services) text += " " + std::string(service.name());
    return text;
  }

  static std::string target(std::string_view service, std::string_view region) {
    const auto found = pack()->target(*pack()->service(service), region);
    return found
               ? found->host + " " + found->signing_region + " " + std::string(found->signing_name)
               : found.error().message;
  }
};

TEST_F(Pack, HoldsAllOfBotocore) {
  EXPECT_GE(pack()->service_count(), 429u);
  std::size_t operations = 0, mapped = 0;
  for (std::uint32_t at = 0; at < pack()->service_count(); ++at) {
    const auto service = pack()->service(at);
    operations += service.operation_count();
    EXPECT_FALSE(service.protocols().empty()) << service.name();
    for (std::uint32_t op = 0; op < service.operation_count(); ++op)
      mapped += !service.operation(op).actions().empty();
  }
  EXPECT_GE(operations, 18'993u);
  EXPECT_GE(mapped * 100, operations * 95);
  EXPECT_GE(pack()->action_count(), 22'000u);
}

TEST_F(Pack, EveryNameIsFoundAgain) {
  for (std::uint32_t at = 0; at < pack()->service_count(); ++at) {
    const auto service = pack()->service(at);
    ASSERT_EQ(pack()->service(service.name()), service);
    for (std::uint32_t op = 0; op < service.operation_count(); ++op) {
      const auto one = service.operation(op);
      ASSERT_EQ(service.operation(one.name()), one);
      if (!one.input()) continue;
      for (std::uint32_t place = 0; place < one.input()->member_count(); ++place) {
        const auto member = one.input()->member(place);
        ASSERT_EQ(one.input()->member(member.name())->index(), member.index());
        const auto by_wire = one.input()->member_by_wire_name(member.wire_name());
        ASSERT_EQ(by_wire->wire_name(), member.wire_name());
        ASSERT_TRUE(by_wire->location() == Location::kBody || member.location() != Location::kBody)
            << "a member of the body comes before others of that name";
      }
    }
  }
}

// In model order, backwards, and behind a name that is not there.
TEST_F(Pack, ASearchFindsWhatTheShapeFinds) {
  for (std::uint32_t at = 0; at < pack()->service_count(); ++at) {
    const auto service = pack()->service(at);
    for (std::uint32_t op = 0; op < service.operation_count(); ++op) {
      const auto shape = service.operation(op).input();
      if (!shape) continue;
      MemberSearch search(*shape);
      for (std::uint32_t step = 0; step < 2 * shape->member_count(); ++step) {
        const auto count = shape->member_count();
        const auto member = shape->member(step < count ? step : 2 * count - 1 - step);
        ASSERT_EQ(search.by_name(member.name())->index(), member.index());
        ASSERT_EQ(search.by_wire_name(member.wire_name())->index(),
                  shape->member_by_wire_name(member.wire_name())->index())
            << service.name() << " " << service.operation(op).name() << " " << member.name();
        ASSERT_FALSE(search.by_name("no such member"));
        ASSERT_FALSE(search.by_wire_name(""));
      }
    }
  }
}

TEST_F(Pack, NamesThatOnlyLookAlikeAreNotFound) {
  for (const auto* name : {"GetItem", "TransactWriteItems", "CreateTable", "UpdateTable"}) {
    const auto shape = *operation("dynamodb", name).input();
    for (std::uint32_t place = 0; place < shape.member_count(); ++place) {
      const std::string known(shape.member(place).name());
      auto other_case = known;
      other_case.back() = static_cast<char>(other_case.back() ^ 0x20);
      for (const auto& wanted : {known + "s", known.substr(1), other_case, std::string()}) {
        EXPECT_FALSE(shape.member(wanted)) << wanted;
        EXPECT_FALSE(shape.member_by_wire_name(wanted)) << wanted;
      }
    }
  }
}

TEST_F(Pack, ServicesSpeakTheirOldProtocolsToo) {
  EXPECT_THAT(pack()->service("sqs")->protocols(),
              ElementsAre(Protocol::kJson10, Protocol::kQuery));
  EXPECT_THAT(pack()->service("cloudwatch")->protocols(),
              ElementsAre(Protocol::kRpcV2Cbor, Protocol::kJson10, Protocol::kQuery));
  EXPECT_TRUE(pack()->service("sqs")->query_compatible());
  EXPECT_EQ(operation("sqs", "SendMessage").input()->member("MessageAttributes")->query_name(),
            "MessageAttribute");
  EXPECT_EQ(pack()->operations_by_query("SendMessage", "2012-11-05").size(), 1u);
}

TEST_F(Pack, RpcClaimsLeadToOperations) {
  const auto get_item = pack()->operations_by_target("DynamoDB_20120810", "GetItem");
  ASSERT_EQ(get_item.size(), 1u);
  EXPECT_EQ(get_item[0].service().name(), "dynamodb");
  EXPECT_THAT(pack()->operations_by_target("DynamoDB_20120810", "getitem"), IsEmpty());
  EXPECT_EQ(pack()->operations_by_target("CloudTrail_20131101", "AddTags").size(), 1u)
      << "as the newer SDKs have it, without its name space";
  EXPECT_EQ(pack()->operations_by_query("DescribeInstances", "2016-11-15").size(), 1u);
  EXPECT_EQ(pack()->operations_by_query("DescribeDBInstances", "2014-10-31").size(), 3u)
      << "rds, docdb, neptune";
  EXPECT_EQ(pack()->operations_by_cbor("GraniteServiceVersion20100801", "PutMetricData").size(),
            1u);
}

TEST_F(Pack, S3RoutesAreDecidedByWhatTheQueryHolds) {
  EXPECT_THAT(route("s3", "GET", "/b/k"), ElementsAre("GetObject Bucket=b Key=k"));
  EXPECT_THAT(route("s3", "GET", "/b/a//b%2Fc/"), ElementsAre("GetObject Bucket=b Key=a//b%2Fc/"));
  EXPECT_THAT(route("s3", "GET", "/b"), ElementsAre("ListObjects Bucket=b"));
  EXPECT_THAT(route("s3", "GET", "/b", {{"list-type", "2"}}),
              ElementsAre("ListObjectsV2 Bucket=b"));
  EXPECT_THAT(route("s3", "GET", "/b", {{"acl", ""}}), ElementsAre("GetBucketAcl Bucket=b"));
  EXPECT_THAT(route("s3", "GET", "/b/k", {{"uploadId", "u"}}),
              ElementsAre("ListParts Bucket=b Key=k"));
  EXPECT_THAT(route("s3", "DELETE", "/b/k", {{"uploadId", "u"}}),
              ElementsAre("AbortMultipartUpload Bucket=b Key=k"));
  EXPECT_THAT(route("s3", "PUT", "/b/k"),
              UnorderedElementsAre("PutObject Bucket=b Key=k", "CopyObject Bucket=b Key=k"));
  EXPECT_THAT(route("s3", "PUT", "/b/k", {{"partNumber", "1"}, {"uploadId", "u"}}),
              UnorderedElementsAre("UploadPart Bucket=b Key=k", "UploadPartCopy Bucket=b Key=k"));
  EXPECT_THAT(route("s3", "GET", "/b", {{"analytics", ""}, {"id", "x"}}),
              ElementsAre("GetBucketAnalyticsConfiguration Bucket=b"));
  EXPECT_THAT(route("s3", "GET", "/b", {{"analytics", ""}}),
              ElementsAre("ListBucketAnalyticsConfigurations Bucket=b"));
}

TEST_F(Pack, TheIdThatSdksAddDecidesNothing) {
  EXPECT_THAT(route("s3", "GET", "/b/k", {{"x-id", "GetObjectAcl"}}),
              ElementsAre("GetObject Bucket=b Key=k"));
}

TEST_F(Pack, TwoSubresourcesStayAmbiguous) {
  EXPECT_EQ(route("s3", "GET", "/b", {{"acl", ""}, {"cors", ""}}).size(), 2u);
}

TEST_F(Pack, ADeprecatedTwinComesLast) {
  EXPECT_THAT(
      route("s3", "GET", "/b", {{"lifecycle", ""}}),
      ElementsAre("GetBucketLifecycleConfiguration Bucket=b", "GetBucketLifecycle Bucket=b"));
}

TEST_F(Pack, BucketListsAreToldApartByTheirSigningName) {
  EXPECT_EQ(route("s3", "GET", "/").size(), 2u);
  EXPECT_EQ(operation("s3", "ListBuckets").signing_name(), "s3");
  EXPECT_EQ(operation("s3", "ListDirectoryBuckets").signing_name(), "s3express");
}

TEST_F(Pack, OtherRestRoutes) {
  EXPECT_THAT(route("lambda", "POST", "/2015-03-31/functions/f/invocations"),
              ElementsAre("Invoke FunctionName=f"));
  EXPECT_THAT(route("lambda", "POST", "/2015-03-31/functions//invocations"), IsEmpty());
  EXPECT_THAT(route("apigateway", "GET", "/restapis/a/resources/r"),
              ElementsAre("GetResource restapi_id=a resource_id=r"));
  EXPECT_THAT(route("mediaconnect", "POST", "/v1/flows/start/arn"),
              ElementsAre("StartFlow FlowArn=arn"));
  EXPECT_THAT(route("route53", "GET", "/2013-04-01/hostedzone/Z1/"),
              ElementsAre("GetHostedZone Id=Z1"))
      << "clients disagree about trailing slashes";
  EXPECT_THAT(route("route53", "GET", "/2013-04-01/hostedzone/Z1//"), IsEmpty());
  EXPECT_THAT(route("lambda", "POST", "/2015-03-31/nothing"), IsEmpty());
}

TEST_F(Pack, ShapesKeepTheirTraits) {
  const auto get = operation("s3", "GetObject");
  EXPECT_EQ(get.input()->member("Bucket")->location(), Location::kUri);
  EXPECT_TRUE(get.input()->member("Bucket")->required());
  EXPECT_EQ(get.output_payload(), "Body");
  EXPECT_TRUE(get.output()->member("Body")->streaming());
  EXPECT_EQ(get.output()->member("Metadata")->location(), Location::kHeaders);
  EXPECT_EQ(get.output()->member_by_wire_name("x-amz-version-id")->name(), "VersionId");
  EXPECT_EQ(get.input()->member("IfModifiedSince")->shape().kind(), ShapeKind::kTimestamp);
  EXPECT_TRUE(
      operation("secretsmanager", "GetSecretValue").output()->member("SecretString")->sensitive());
  EXPECT_EQ(operation("ec2", "DescribeInstances").input()->member("InstanceIds")->wire_name(),
            "InstanceId");
  EXPECT_TRUE(operation("ec2", "RunInstances").input()->member("ClientToken")->idempotency_token());
  EXPECT_EQ(operation("s3", "PutBucketAcl").input_payload(), "AccessControlPolicy");
  EXPECT_EQ(operation("iam", "GetUser").result_wrapper(), "GetUserResult");
  EXPECT_EQ(operation("route53", "CreateHostedZone").input_root(), "CreateHostedZoneRequest");
  EXPECT_EQ(operation("stepfunctions", "StartSyncExecution").host_prefix(), "sync-");
  EXPECT_TRUE(operation("sts", "AssumeRoleWithWebIdentity").no_auth());
  EXPECT_FALSE(operation("sts", "AssumeRole").no_auth());
  EXPECT_TRUE(operation("bedrock-runtime", "ConverseStream")
                  .output()
                  ->member("stream")
                  ->shape()
                  .event_stream());
}

TEST_F(Pack, RecursiveShapesAreOneShape) {
  const auto value =
      operation("dynamodb", "PutItem").input()->member("Item")->shape().value().shape();
  EXPECT_EQ(value.name(), "AttributeValue");
  EXPECT_EQ(value.member("L")->shape().element().shape(), value);
}

TEST_F(Pack, ActionsOfS3) {
  EXPECT_THAT(actions("s3", "GetObject"),
              ElementsAre("s3:GetObject!VersionId", "s3:GetObjectVersion?VersionId"));
  EXPECT_THAT(actions("s3", "HeadObject"),
              ElementsAre("s3:GetObject!VersionId", "s3:GetObjectVersion?VersionId"));
  EXPECT_THAT(actions("s3", "ListObjectsV2"), ElementsAre("s3:ListBucket"));
  EXPECT_THAT(actions("s3", "ListBuckets"), ElementsAre("s3:ListAllMyBuckets"));
  EXPECT_THAT(actions("s3", "PutObject"),
              testing::IsSupersetOf(
                  {"s3:PutObject", "s3:PutObjectAcl?ACL", "s3:PutObjectTagging?Tagging"}));
  EXPECT_THAT(actions("s3", "CopyObject"),
              testing::IsSupersetOf({"s3:PutObject", "s3:GetObject!CopySource|s3_source_version"}));
  EXPECT_THAT(actions("s3", "DeleteBucketLifecycle"), ElementsAre("s3:PutLifecycleConfiguration"));
  EXPECT_THAT(resources("s3", "PutObject"),
              ElementsAre("arn:${Partition}:s3:::${BucketName}/${ObjectName} "
                          "BucketName<Bucket|s3_bucket ObjectName<Key"));
}

TEST_F(Pack, ACopyReadsItsSourceNotItsDestination) {
  for (const auto& row : operation("s3", "CopyObject").actions()) {
    if (row.action != "s3:GetObject") continue;
    ASSERT_EQ(row.resources.size(), 1u);
    for (const auto& binding : row.resources[0].bindings)
      EXPECT_EQ(binding.member, "CopySource|s3_source");
    return;
  }
  FAIL() << "no s3:GetObject";
}

TEST_F(Pack, ActionsOfBatchesAndTransactions) {
  EXPECT_THAT(resources("dynamodb", "BatchWriteItem"),
              ElementsAre("arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName} "
                          "TableName<RequestItems{key}"));
  EXPECT_THAT(actions("dynamodb", "TransactWriteItems"),
              ElementsAre("dynamodb:PutItem?TransactItems[].Put",
                          "dynamodb:UpdateItem?TransactItems[].Update",
                          "dynamodb:DeleteItem?TransactItems[].Delete",
                          "dynamodb:ConditionCheckItem?TransactItems[].ConditionCheck"));
  EXPECT_THAT(actions("sqs", "SendMessageBatch"), ElementsAre("sqs:SendMessage"));
  EXPECT_THAT(actions("lambda", "Invoke"), ElementsAre("lambda:InvokeFunction"));
  EXPECT_THAT(actions("bedrock-runtime", "Converse"), ElementsAre("bedrock:InvokeModel"));
  EXPECT_THAT(actions("cloudcontrol", "GetResource"), ElementsAre("cloudformation:GetResource"));
  EXPECT_THAT(actions("apigateway", "GetResource"), ElementsAre("apigateway:GET"));
}

TEST_F(Pack, HandingOverARoleNeedsPassRole) {
  EXPECT_THAT(actions("lambda", "CreateFunction"),
              testing::IsSupersetOf(
                  {"lambda:CreateFunction", "iam:PassRole@Role", "lambda:TagResource?Tags"}));
  EXPECT_THAT(actions("ecs", "RunTask"), testing::Contains("iam:PassRole@overrides.taskRoleArn"));
  EXPECT_THAT(actions("ec2", "RunInstances"),
              testing::IsSupersetOf(
                  {"iam:PassRole?IamInstanceProfile", "ec2:CreateTags?TagSpecifications"}));
  EXPECT_TRUE(pack()->classes_of_action("iam:passrole") & static_cast<Classes>(Class::kPassRole));
}

TEST_F(Pack, TagsOnWhatIsMadeNeedTheServicesTaggingAction) {
  const std::pair<std::pair<std::string_view, std::string_view>, std::string> some[] = {
      {{"rds", "CreateDBInstance"}, "rds:AddTagsToResource?Tags"},
      {{"sagemaker", "CreateModel"}, "sagemaker:AddTags?Tags"},
      {{"redshift", "CreateCluster"}, "redshift:CreateTags?Tags"},
      {{"backup", "CreateBackupVault"}, "backup:TagResource?BackupVaultTags"},
      {{"cognito-idp", "CreateUserPool"}, "cognito-idp:TagResource?UserPoolTags"},
      {{"iam", "CreateSAMLProvider"}, "iam:TagSAMLProvider?Tags"},
      {{"sqs", "CreateQueue"}, "sqs:TagQueue?tags"},
      {{"elbv2", "CreateListener"}, "elasticloadbalancing:AddTags?Tags"}};
  for (const auto& [name, wanted] : some)
    EXPECT_THAT(actions(name.first, name.second), testing::Contains(wanted)) << name.second;
  EXPECT_THAT(actions("ses", "SendEmail"), testing::Not(testing::Contains("ses:TagResource?Tags")))
      << "tags of a message";
}

TEST_F(Pack, ARoleSaysWhoGetsIt) {
  const auto principal = [](std::string_view service, std::string_view name,
                            std::string_view member) {
    for (const auto& row : operation(service, name).actions()) {
      if (row.trigger != Trigger::kRoleArn || row.member != member) continue;
      for (const auto& binding : row.resources.front().bindings)
        if (binding.variable == "iam:PassedToService") return std::string(binding.member);
    }
    return std::string();
  };
  EXPECT_EQ(principal("lambda", "CreateFunction", "Role"), "=lambda.amazonaws.com");
  EXPECT_EQ(principal("ecs", "RegisterTaskDefinition", "taskRoleArn"), "=ecs-tasks.amazonaws.com");
  EXPECT_EQ(principal("rds", "CreateDBInstance", "MonitoringRoleArn"),
            "=monitoring.rds.amazonaws.com");
  EXPECT_EQ(principal("sns", "SetTopicAttributes", "AttributeValue|role_arn"),
            "=sns.amazonaws.com");
  EXPECT_EQ(principal("eks", "CreateCluster", "computeConfig.nodeRoleArn"), "");
}

TEST_F(Pack, OperationsNewerThanTheReferenceAreOnNothingKnown) {
  EXPECT_THAT(actions("ram", "UpdatePermission"), ElementsAre("ram:UpdatePermission"));
  EXPECT_FALSE(operation("ram", "UpdatePermission").actions().front().resources.front().derivable);
  EXPECT_THAT(actions("securityhub", "GetFindingsV2"),
              ElementsAre("securityhub:GetFindingsV2", "securityhub:GetFindings"));
  EXPECT_THAT(actions("dynamodb", "StartBulkPutItems"), IsEmpty())
      << "DynamoDB has actions of other names";
}

TEST_F(Pack, ParametersAreConditionKeysWhereAwsSaysSo) {
  const auto path = [](std::string_view service, std::string_view name, std::string_view key) {
    for (const auto& row : operation(service, name).context_keys())
      if (row.key == key) return std::string(row.path);
    return std::string();
  };
  EXPECT_EQ(path("ec2", "RunInstances", "ec2:InstanceType"), "InstanceType");
  EXPECT_EQ(path("ec2", "TerminateInstances", "ec2:InstanceType"), "");
  EXPECT_EQ(path("ec2", "ModifyInstanceAttribute", "ec2:InstanceType"), "")
      << "the member is the new type, the key the old one";
  EXPECT_EQ(path("lambda", "CreateFunctionUrlConfig", "lambda:FunctionUrlAuthType"), "AuthType");
  EXPECT_EQ(path("rds", "CreateDBInstance", "rds:DatabaseEngine"), "Engine");
  EXPECT_EQ(path("kms", "GenerateDataKey", "kms:KeySpec"), "");
}

TEST_F(Pack, TheCoverageReportIsThatOfThePack) {
  const auto read = [](const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const auto made = read(std::filesystem::path(STRAIT_PACK_FILE).parent_path() / "coverage.md");
  if (made.empty()) GTEST_SKIP() << "skipped: no coverage.md beside " << STRAIT_PACK_FILE;
  EXPECT_TRUE(made == read(STRAIT_COVERAGE_FILE))
      << "docs/coverage.md is not what the pack compiler says: copy coverage.md from beside the "
         "pack over it";
}

TEST_F(Pack, ResourcesComeFromTheInput) {
  EXPECT_THAT(
      resources("dynamodb", "GetItem"),
      ElementsAre(
          "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName} TableName<TableName"));
  EXPECT_THAT(
      resources("sqs", "SendMessage"),
      ElementsAre(
          "arn:${Partition}:sqs:${Region}:${Account}:${QueueName} QueueName<QueueUrl|sqs_url"));
  EXPECT_THAT(resources("ec2", "TerminateInstances"),
              ElementsAre("arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId} "
                          "InstanceId<InstanceIds[]"));
  EXPECT_THAT(
      resources("kms", "Encrypt"),
      ElementsAre("arn:${Partition}:kms:${Region}:${Account}:key/${KeyId} KeyId<KeyId|kms_key"));
  EXPECT_THAT(resources("stepfunctions", "StartExecution"),
              ElementsAre("arn:${Partition}:states:${Region}:${Account}:stateMachine:${"
                          "StateMachineName} <stateMachineArn"));
  EXPECT_THAT(resources("ec2", "DescribeInstances"), ElementsAre("*"));
  EXPECT_THAT(resources("ec2", "CreateVpc"),
              ElementsAre("arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId} VpcId<=*"));
  EXPECT_EQ(pack()->ec2_resource_type("i-0123"), "instance");
  EXPECT_EQ(pack()->ec2_resource_type("tgw-attach-0123"), "transit-gateway-attachment");
  EXPECT_EQ(pack()->ec2_resource_type("weird-1"), "");
}

TEST_F(Pack, CredentialReturningOperationsAreNamed) {
  constexpr auto kCredentials = static_cast<Classes>(Class::kReturnsCredentials);
  const std::pair<std::string_view, std::string_view> some[] = {
      {"sts", "AssumeRole"},
      {"iam", "CreateAccessKey"},
      {"ecr", "GetAuthorizationToken"},
      {"secretsmanager", "GetSecretValue"},
      {"s3", "CreateSession"},
      {"ecs", "ExecuteCommand"},
      {"kms", "Decrypt"},
      {"ssm", "StartSession"}};
  for (const auto& [service, name] : some)
    EXPECT_TRUE(operation(service, name).classes() & kCredentials) << service << " " << name;
  EXPECT_EQ(operation("dynamodb", "GetItem").classes(), 0);
  EXPECT_EQ(operation("sts", "GetCallerIdentity").classes(), 0);
  EXPECT_TRUE(operation("iam", "PutRolePolicy").classes() &
              static_cast<Classes>(Class::kEditPolicy));
  EXPECT_TRUE(operation("iam", "UpdateAssumeRolePolicy").classes() &
              static_cast<Classes>(Class::kEditTrust));
  EXPECT_TRUE(operation("lambda", "UpdateFunctionCode").classes() &
              static_cast<Classes>(Class::kRunCode));
  EXPECT_TRUE(operation("athena", "StartQueryExecution").classes() &
              static_cast<Classes>(Class::kRunCode));
}

TEST_F(Pack, SecretsThatTheModelForgetsAreCovered) {
  const auto paths = [](const Operation& one) {
    std::vector<std::string> out;
    for (const auto& mask : one.secrets()) out.emplace_back(mask.path);
    return out;
  };
  EXPECT_THAT(paths(operation("sts", "AssumeRole")),
              UnorderedElementsAre("Credentials.SecretAccessKey", "Credentials.SessionToken"));
  EXPECT_THAT(paths(operation("ecr", "GetAuthorizationToken")),
              ElementsAre("authorizationData[].authorizationToken"));
  EXPECT_THAT(paths(operation("ec2", "DescribeInstanceAttribute")), ElementsAre("UserData.Value"));
  EXPECT_EQ(operation("lambda", "Invoke").unmasked().front().path, "*");
}

TEST_F(Pack, HostsAreServices) {
  EXPECT_EQ(host("dynamodb.eu-west-1.amazonaws.com"), "aws eu-west-1 : dynamodb");
  EXPECT_EQ(host("DynamoDB.EU-West-1.amazonaws.com"), "aws eu-west-1 : dynamodb");
  EXPECT_EQ(host("my.bucket.s3.eu-west-1.amazonaws.com"), "aws eu-west-1 my.bucket: s3");
  EXPECT_EQ(host("eu-west-1.s3.amazonaws.com"), "aws  eu-west-1: s3")
      << "a bucket that is called like a region";
  EXPECT_EQ(host("b.s3.dualstack.us-east-1.amazonaws.com"), "aws us-east-1 b: s3");
  EXPECT_EQ(host("123456789012.s3-control.eu-west-1.amazonaws.com"),
            "aws eu-west-1 123456789012: s3control");
  EXPECT_EQ(host("sync-states.us-east-1.amazonaws.com"), "aws us-east-1 sync-: stepfunctions");
  EXPECT_EQ(host("123456789012.ddb.us-east-1.amazonaws.com"),
            "aws us-east-1 123456789012: dynamodb");
  EXPECT_EQ(host("abc.execute-api.us-east-1.amazonaws.com"),
            "aws us-east-1 abc: apigatewaymanagementapi");
  EXPECT_EQ(host("iam.amazonaws.com"), "aws  : iam");
  EXPECT_EQ(host("iam.us-gov.amazonaws.com"), "aws-us-gov  : iam");
  EXPECT_EQ(host("rds.us-east-1.amazonaws.com"), "aws us-east-1 : docdb neptune rds");
  EXPECT_EQ(host("dynamodb.cn-north-1.amazonaws.com.cn"), "aws-cn cn-north-1 : dynamodb");
  EXPECT_EQ(host("ec2.eu-new-9.amazonaws.com"), "aws eu-new-9 : ec2")
      << "a region younger than the pack";
}

TEST_F(Pack, HostsThatAreNotAwsEndpointsAreUnknown) {
  EXPECT_EQ(host("dynamodb.cn-north-1.amazonaws.com"), "unknown")
      << "a region under another partition's domain";
  EXPECT_EQ(host("dynamodb.eu-west-1.amazonaws.com.evil.example"), "unknown");
  EXPECT_EQ(host("abc.lambda-url.us-east-1.on.aws"), "unknown");
  EXPECT_EQ(host("amazonaws.com"), "unknown");
  EXPECT_EQ(host(""), "unknown");
  EXPECT_EQ(host(std::string(300, 'a')), "unknown");
}

TEST_F(Pack, TargetsAreWhereAwsSendsThem) {
  EXPECT_EQ(target("dynamodb", "eu-west-1"), "dynamodb.eu-west-1.amazonaws.com eu-west-1 dynamodb");
  EXPECT_EQ(target("iam", "eu-west-1"), "iam.amazonaws.com us-east-1 iam");
  EXPECT_EQ(target("sts", "eu-west-1"), "sts.eu-west-1.amazonaws.com eu-west-1 sts");
  EXPECT_EQ(target("route53", "eu-west-1"), "route53.amazonaws.com us-east-1 route53");
  EXPECT_EQ(target("iam", "us-gov-east-1"), "iam.us-gov.amazonaws.com us-gov-west-1 iam");
  EXPECT_EQ(target("importexport", "eu-west-1"),
            "importexport.amazonaws.com us-east-1 IngestionService");
  EXPECT_EQ(target("ec2", "cn-north-1"), "ec2.cn-north-1.amazonaws.com.cn cn-north-1 ec2");
  EXPECT_EQ(target("ec2", "moon-1"),
            "region `moon-1` belongs to no AWS partition that Strait knows");
  EXPECT_TRUE(pack()->service("iam")->global());
  EXPECT_FALSE(pack()->service("sts")->global());
  EXPECT_EQ(pack()->partition_of("us-gov-west-1"), "aws-us-gov");
}

TEST_F(Pack, EveryHostHasAWordOfItsOwn) {
  for (const auto* domain : {"amazonaws.com", "api.aws", "amazonaws.com.cn", "amazonaws.eu"}) {
    EXPECT_EQ(host("anything.us-east-1." + std::string(domain)), "unknown");
    EXPECT_EQ(host("cn-north-1." + std::string(domain)), "unknown");
  }
}

TEST_F(Pack, HostsOfAKindAreKnownForWhatTheyAre) {
  const auto kind = [](std::string_view name) { return pack()->endpoint(name).value().kind; };
  EXPECT_EQ(kind("b.s3.eu-west-1.amazonaws.com"), HostKind::kPlain);
  EXPECT_EQ(kind("a.s3-accesspoint.dualstack.eu-west-1.amazonaws.com"), HostKind::kAccessPoint);
  EXPECT_EQ(kind("a.s3-object-lambda.eu-west-1.amazonaws.com"), HostKind::kObjectLambda);
  EXPECT_EQ(kind("a.op-1.s3-outposts.eu-west-1.amazonaws.com"), HostKind::kOutposts);
  EXPECT_EQ(kind("a.ec2.s3-outposts.eu-west-1.amazonaws.com"), HostKind::kOutposts);
  EXPECT_EQ(kind("a.mrap.accesspoint.s3-global.amazonaws.com"), HostKind::kMultiRegion);
  EXPECT_EQ(kind("b.s3-accelerate.amazonaws.com"), HostKind::kAccelerate);
  EXPECT_EQ(kind("b.s3-website-eu-west-1.amazonaws.com"), HostKind::kWebsite);
  EXPECT_EQ(kind("b.s3-website.eu-central-1.amazonaws.com"), HostKind::kWebsite);
  EXPECT_EQ(kind("ec2.eu-west-1.amazonaws.com"), HostKind::kPlain);
  const auto point =
      pack()->target(*pack()->service("s3"), "cn-north-1", {}, HostKind::kAccessPoint);
  EXPECT_EQ(point->host, "s3-accesspoint.cn-north-1.amazonaws.com.cn");
  EXPECT_FALSE(pack()->target(*pack()->service("sqs"), "us-east-1", {}, HostKind::kAccessPoint));
}

// What an agent addresses by a FIPS name must be sent to that name again. (A dual-stack name may be
// the plain one of another region: billing has only api.aws in some.)
TEST_F(Pack, EveryFipsHostLeadsBackToItself) {
  for (const auto region : {"us-east-1", "eu-west-1", "us-gov-west-1", "cn-north-1"}) {
    for (std::uint32_t at = 0; at < pack()->service_count(); ++at) {
      const auto service = pack()->service(at);
      for (const Variant asked : {Variant{}, Variant{true, false}, Variant{true, true}}) {
        const auto found = pack()->target(service, region, asked);
        if (!found) continue;
        const auto endpoint = pack()->endpoint(found->host);
        ASSERT_TRUE(endpoint) << found->host;
        const auto again = pack()->target(service, region, endpoint->variant);
        ASSERT_TRUE(again) << service.name() << " " << found->host;
        EXPECT_EQ(again->host, found->host) << service.name();
      }
    }
  }
}

TEST_F(Pack, EveryTargetIsAHostOfItsService) {
  for (const auto region :
       {"us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "eu-later-1"}) {
    for (std::uint32_t at = 0; at < pack()->service_count(); ++at) {
      const auto service = pack()->service(at);
      const auto found = pack()->target(service, region);
      if (!found) continue;  // not in that partition
      const auto endpoint = pack()->endpoint(found->host);
      ASSERT_TRUE(endpoint) << found->host;
      EXPECT_THAT(endpoint->services, testing::Contains(service)) << found->host;
      EXPECT_EQ(endpoint->label, "") << found->host;
    }
  }
}

TEST_F(Pack, SigningNamesLeadToServices) {
  const auto names = [](std::string_view signing) {
    std::vector<std::string> out;
    for (const auto& service : pack()->services_signed_as(signing))
      out.emplace_back(service.name());
    return out;
  };
  EXPECT_THAT(names("dynamodb"), ElementsAre("dynamodb", "dynamodbstreams"));
  EXPECT_THAT(names("rds"), ElementsAre("docdb", "neptune", "rds"));
  EXPECT_THAT(names("IngestionService"), ElementsAre("importexport"));
  EXPECT_THAT(names("s3express"), testing::Contains("s3"));
  EXPECT_THAT(names("nothing"), IsEmpty());
}

TEST_F(Pack, ConditionKeysAreKnownWithTheActionsThatHaveThem) {
  const auto name = [](std::string_view key) -> std::string {
    const auto found = pack()->find_condition_key(key);
    return found ? std::string(pack()->condition_key(*found).name) : "none";
  };
  EXPECT_EQ(name("S3:PREFIX"), "s3:prefix");
  EXPECT_EQ(name("aws:principalarn"), "aws:PrincipalArn");
  EXPECT_EQ(name("aws:ResourceTag/team"), "aws:ResourceTag/${TagKey}");
  EXPECT_EQ(name("aws:ResourceTag/"), "none");
  EXPECT_EQ(name("s3:ExistingObjectTag/team"), "s3:ExistingObjectTag/${TagKey}");
  EXPECT_EQ(name("codebuild:environment.environmentVariables/HOME.value"),
            "codebuild:environment.environmentVariables/${name}.value");
  EXPECT_EQ(name("s3:prefixes"), "none");
  const auto has = [](std::string_view action, std::string_view key) {
    const auto wanted = pack()->find_condition_key(key);
    return wanted && std::ranges::count(pack()->keys_of_action(action), *wanted) == 1;
  };
  EXPECT_TRUE(has("s3:ListBucket", "s3:prefix"));
  EXPECT_FALSE(has("s3:GetObject", "s3:prefix"));
  EXPECT_TRUE(has("ec2:StartInstances", "ec2:ResourceTag/team"));
  EXPECT_EQ(pack()->condition_key(*pack()->find_condition_key("aws:TagKeys")).type,
            "ArrayOfString");
}

TEST_F(Pack, TheVocabularyIsCaseInsensitive) {
  EXPECT_TRUE(pack()->knows_action("s3:GetObject"));
  EXPECT_TRUE(pack()->knows_action("S3:getobject"));
  EXPECT_FALSE(pack()->knows_action("s3:GetObjects"));
  EXPECT_EQ(pack()->access_level("s3:PutBucketPolicy"), "Permissions management");
  EXPECT_EQ(pack()->access_level("dynamodb:GetItem"), "Read");
}

}  // namespace
}  // namespace strait::catalog
