// SPDX-License-Identifier: Apache-2.0
#include "keys/fetchers.h"

#include "codec/uri.h"
#include "keys/credential_json.h"
#include "keys/credential_process.h"
#include "keys/keys_testing.h"
#include "keys/profile_file.h"
#include "keys/sts.h"

namespace strait::keys::testing {
namespace {

using namespace std::chrono_literals;
constexpr std::string_view kRole = "arn:aws:iam::123456789012:role/strait";

class FetchersTest : public KeysTest {
 protected:
  Result<AwsCredentialsPtr> fetch(CredentialSpec spec) {
    auto made = make_fetcher(spec, around_);
    if (!made) return std::unexpected(made.error());
    return run((*made)->fetch());
  }
  std::string failure(const CredentialSpec& spec) {
    const auto got = fetch(spec);
    return got ? "no failure" : got.error().message;
  }

  std::string credential_json(std::string_view secret = "s3cret") {
    return R"({"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":")" + std::string(secret) +
           R"(","Token":"t0ken","Expiration":")" + at(clock_, 1h) + "\"}";
  }
  std::string sts_reply(std::string_view action) {
    const std::string name(action);
    return "<" + name + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + name +
           "Result><Credentials><AccessKeyId>ASIA2</AccessKeyId><SecretAccessKey>r0le-secret</"
           "SecretAccessKey><SessionToken>r0le-token</SessionToken>"
           "<Expiration>" +
           at(clock_, 1h) + "</Expiration></Credentials></" + name + "Result></" + name +
           "Response>";
  }
  void profile(std::string_view config, std::string_view credentials) {
    environment_["AWS_CONFIG_FILE"] = folder_.write("config", config);
    environment_["AWS_SHARED_CREDENTIALS_FILE"] = folder_.write("credentials", credentials);
  }
  CredentialSpec spec(std::string source, bool role = false) {
    CredentialSpec made;
    made.source = std::move(source);
    made.sts_endpoint = url();
    if (role) made.role_arn = kRole;
    return made;
  }
  Folder folder_;
};

TEST_F(FetchersTest, EnvironmentGivesKeysOrSaysWhatToSet) {
  EXPECT_NE(failure(spec("environment")).find("AWS_SECRET_ACCESS_KEY"), std::string::npos);
  environment_ = {{"AWS_ACCESS_KEY_ID", "AKID"},
                  {"AWS_SECRET_ACCESS_KEY", "s3cret"},
                  {"AWS_SESSION_TOKEN", "t"}};
  const auto got = fetch(spec("environment"));
  ASSERT_TRUE(got);
  EXPECT_EQ((*got)->access_key_id, "AKID");
  EXPECT_EQ((*got)->secret_key.reveal(), "s3cret");
  EXPECT_EQ((*got)->session_token.reveal(), "t");
}

TEST_F(FetchersTest, UnknownSourcesAndRolesAreRefused) {
  for (const auto* source : {"", "profile:", "Profile:x", "vault"})
    EXPECT_NE(failure(spec(source)).find("credential source"), std::string::npos);
  auto broken = spec("environment", true);
  for (const auto* role : {"strait", "arn:aws:iam::123:role/x", "arn:aws:iam::123456789012:user/x",
                           "arn:aws:iam::123456789012:role/"}) {
    broken.role_arn = role;
    EXPECT_NE(failure(broken).find("no role's ARN"), std::string::npos) << role;
  }
  auto bare = spec("environment");
  bare.external_id = "x";
  EXPECT_NE(failure(bare).find("role_arn"), std::string::npos);
}

TEST_F(FetchersTest, ImdsIsAskedByVersionTwo) {
  environment_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = url("/");
  answer("/latest/api/token", 200, "imds-token");
  answer("/latest/meta-data/iam/security-credentials/", 200, "my-role");
  answers_["/latest/meta-data/iam/security-credentials/my-role"] =
      [this](const net::PlainRequest& request) {
        const bool ok = request.head.headers.one("x-aws-ec2-metadata-token") == "imds-token";
        return net::PlainReply{
            .status = ok ? 200 : 401, .headers = {}, .body = ok ? credential_json() : ""};
      };
  const auto got = fetch(spec("imds"));
  ASSERT_TRUE(got) << got.error().message << got.error().detail;
  EXPECT_EQ((*got)->secret_key.reveal(), "s3cret");
  EXPECT_TRUE((*got)->expires);
  ASSERT_EQ(seen_.size(), 3u);
  EXPECT_EQ(seen_[0].head.method, "PUT");
  EXPECT_EQ(seen_[0].head.headers.one("x-aws-ec2-metadata-token-ttl-seconds"), "21600");
}

TEST_F(FetchersTest, ImdsThatNamesAPathIsRefused) {
  environment_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = url();
  answer("/latest/api/token", 200, "imds-token");
  answer("/latest/meta-data/iam/security-credentials/", 200, "../../user-data?x");
  EXPECT_NE(failure(spec("imds")).find("names no role"), std::string::npos);
  environment_["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_NE(failure(spec("imds")).find("switched off"), std::string::npos);
}

TEST_F(FetchersTest, ContainerEndpointGetsItsToken) {
  environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url("/creds");
  environment_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] =
      folder_.write("token", "container-token");
  answer("/creds", 200, credential_json());
  const auto got = fetch(spec("container"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(seen_.at(0).head.headers.one("authorization"), "container-token");
  environment_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] =
      folder_.write("token2", "a\r\nx-injected: 1");
  EXPECT_NE(failure(spec("container")).find("line end"), std::string::npos);
}

TEST_F(FetchersTest, ContainerEndpointInPlainHttpStaysOnTheMachine) {
  for (const auto* address : {"http://10.0.0.1/creds", "http://example.com/creds",
                              "http://169.254.169.254/creds", "http://127.0.0.1.example.com/"}) {
    environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = address;
    EXPECT_NE(failure(spec("container")).find("plain http"), std::string::npos) << address;
  }
}

TEST_F(FetchersTest, ErrorsNeverQuoteTheAnswer) {
  environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url("/creds");
  for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{
           {200, R"({"AccessKeyId":"AKID","SecretAccessKey":"s3cret)"},
           {200, R"({"SecretAccessKey":"s3cret"})"},
           {200, R"({"AccessKeyId":"A B","SecretAccessKey":"s3cret"})"},
           {500, "s3cret"},
           {200, "s3cret"},
           {200, R"({"AccessKeyId":"A","SecretAccessKey":"s3cret","Expiration":"s3cret"})"}}) {
    answer("/creds", status, body);
    const auto got = fetch(spec("container"));
    ASSERT_FALSE(got);
    EXPECT_FALSE(says(got.error(), "s3cret")) << got.error().message;
  }
}

TEST_F(FetchersTest, WebIdentityIsUnsignedAndTrimsItsToken) {
  environment_["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder_.write("jwt", "a.b.c\n");
  environment_["AWS_ROLE_ARN"] = kRole;
  answer("/", 200, sts_reply("AssumeRoleWithWebIdentity"));
  const auto got = fetch(spec("web-identity"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ((*got)->session_token.reveal(), "r0le-token");
  const auto& request = seen_.at(0);
  EXPECT_EQ(request.head.headers.count("authorization"), 0u);
  EXPECT_NE(request.body.find("WebIdentityToken=a.b.c"), std::string::npos);
  EXPECT_NE(request.body.find("RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fstrait"),
            std::string::npos);
}

TEST_F(FetchersTest, AssumeRoleIsSignedByTheSourceBelow) {
  environment_ = {{"AWS_ACCESS_KEY_ID", "AKIDBASE"}, {"AWS_SECRET_ACCESS_KEY", "s3cret"}};
  answer("/", 200, sts_reply("AssumeRole"));
  auto wanted = spec("environment", true);
  wanted.external_id = "ext&id";
  wanted.policies = std::make_shared<std::vector<journey::SessionPolicy>>(
      1,
      journey::SessionPolicy{journey::ScopeMark::kRole, false, R"({"Version":"2012-10-17"})", ""});
  const auto got = fetch(wanted);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ((*got)->access_key_id, "ASIA2");
  const auto& request = seen_.at(0);
  const auto authorization = std::string(request.head.headers.one("authorization").value_or(""));
  EXPECT_TRUE(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDBASE/")) << authorization;
  EXPECT_NE(authorization.find("/us-east-1/sts/aws4_request"), std::string::npos);
  EXPECT_NE(request.body.find("ExternalId=ext%26id"), std::string::npos);
  EXPECT_NE(request.body.find("Policy=%7B%22Version"), std::string::npos);
  EXPECT_EQ(request.body.find("s3cret"), std::string::npos);
}

TEST_F(FetchersTest, StsErrorsSayTheCodeAndNothingElse) {
  environment_ = {{"AWS_ACCESS_KEY_ID", "AKIDBASE"}, {"AWS_SECRET_ACCESS_KEY", "s3cret"}};
  answer("/", 403,
         "<ErrorResponse><Error><Code>AccessDenied</Code><Message>s3cret canonical "
         "request</Message></Error></ErrorResponse>");
  const auto got = fetch(spec("environment", true));
  ASSERT_FALSE(got);
  EXPECT_NE(got.error().message.find("AccessDenied"), std::string::npos);
  EXPECT_FALSE(says(got.error(), "s3cret"));
  answer("/", 200,
         "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</"
         "AccessKeyId><SecretAccessKey>s3cret</SecretAccessKey></Credentials></AssumeRoleResult></"
         "AssumeRoleResponse>");
  EXPECT_FALSE(says(fetch(spec("environment", true)).error(), "s3cret"));
}

// --- profiles

TEST_F(FetchersTest, ProfileKeysComeFromTheCredentialsFile) {
  profile(
      "[default]\nregion = eu-west-1\n[profile dev]\naws_access_key_id = "
      "FROMCONFIG\naws_secret_access_key=x\n",
      "[dev]\naws_access_key_id = AKIDDEV   # mine\naws_secret_access_key = "
      "s3cret/+=\naws_session_token=tok\n");
  const auto got = fetch(spec("profile:dev"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ((*got)->access_key_id, "AKIDDEV");
  EXPECT_EQ((*got)->secret_key.reveal(), "s3cret/+=");
  EXPECT_NE(failure(spec("profile:nobody")).find("no profile `nobody`"), std::string::npos);
}

TEST_F(FetchersTest, ProfileChainEndsInARole) {
  profile("[profile base]\n[profile middle]\nrole_arn=" + std::string(kRole) +
              "-middle\nsource_profile=base\n"
              "[profile top]\nrole_arn=" +
              std::string(kRole) +
              "\nsource_profile=middle\nexternal_id=e1\nrole_session_name=me\nregion=eu-west-1\n",
          "[base]\naws_access_key_id=AKIDBASE\naws_secret_access_key=s3cret\n");
  answer("/", 200, sts_reply("AssumeRole"));
  const auto got = fetch(spec("profile:top"));
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(seen_.size(), 2u);
  EXPECT_NE(seen_[0].body.find("-middle"), std::string::npos);
  EXPECT_NE(seen_[1].body.find("ExternalId=e1"), std::string::npos);
  EXPECT_NE(seen_[1].body.find("RoleSessionName=me"), std::string::npos);
  EXPECT_NE(std::string(*seen_[1].head.headers.one("authorization")).find("Credential=ASIA2/"),
            std::string::npos);
  EXPECT_NE(std::string(*seen_[1].head.headers.one("authorization")).find("/eu-west-1/sts/"),
            std::string::npos);
}

TEST_F(FetchersTest, ProfileMayBeItsOwnSourceButNotACircle) {
  profile("", "[self]\nrole_arn=" + std::string(kRole) +
                  "\nsource_profile=self\naws_access_key_id=A\naws_secret_access_key=s3cret\n"
                  "[a]\nrole_arn=" +
                  std::string(kRole) + "\nsource_profile=b\n[b]\nrole_arn=" + std::string(kRole) +
                  "\nsource_profile=a\n");
  answer("/", 200, sts_reply("AssumeRole"));
  EXPECT_TRUE(fetch(spec("profile:self")));
  EXPECT_FALSE(fetch(spec("profile:a")));
}

TEST_F(FetchersTest, ProfilesThatNeedAPersonAreRefusedAndSayWhy) {
  profile("[profile s]\nsso_session=corp\nsso_account_id=1\n[profile m]\nrole_arn=" +
              std::string(kRole) + "\nsource_profile=s\nmfa_serial=x\n[profile e]\n",
          "");
  EXPECT_NE(failure(spec("profile:s")).find("sso_"), std::string::npos);
  EXPECT_NE(failure(spec("profile:m")).find("mfa_serial"), std::string::npos);
  EXPECT_NE(failure(spec("profile:e")).find("neither keys"), std::string::npos);
}

TEST_F(FetchersTest, CredentialProcessRunsWithoutAShell) {
  const auto script = folder_.write(
      "helper.sh",
      "#!/bin/sh\necho secret-on-stderr >&2\nprintf "
      "'{\"Version\":1,\"AccessKeyId\":\"AKIDPROC\",\"SecretAccessKey\":\"%s\"}' \"$1\"\n",
      0700);
  profile("[profile p]\ncredential_process = " + script +
              " \"a$HOME;b\"\n[profile bad]\ncredential_process = /bin/false\n[profile "
              "none]\ncredential_process=/nonexistent/x\n",
          "");
  const auto got = fetch(spec("profile:p"));
  ASSERT_TRUE(got) << got.error().message << got.error().detail;
  EXPECT_EQ((*got)->secret_key.reveal(), "a$HOME;b");
  EXPECT_NE(failure(spec("profile:bad")).find("fails"), std::string::npos);
  EXPECT_FALSE(fetch(spec("profile:none")));
}

TEST(ProfileFile, ReadsWhatTheSdksRead) {
  const auto files = ProfileFiles::parse(
      "# c\n[default]\nregion=x\n[profile  \"my dev\" ]\nA_Key = v ; note\ns3 =\n  max = "
      "1\nnext=2\n[sso-session corp]\nsso=1\n[other]\nx=1\n",
      "[default]\nregion=y\n[plain]\nk=a=b#c\n");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(files->find("default")->at("region"), "y");
  EXPECT_EQ(files->find("my dev")->at("a_key"), "v");
  EXPECT_EQ(files->find("my dev")->at("next"), "2");
  EXPECT_EQ(files->find("plain")->at("k"), "a=b#c");
  EXPECT_EQ(files->find("corp"), nullptr);
  EXPECT_EQ(files->find("other"), nullptr);
}

TEST(ProfileFile, ErrorsNameTheLineNotTheText) {
  for (const auto* text :
       {"s3cret = x\n", "[default]\ns3cret\n", "[default\n", "[default]\n= s3cret\n"}) {
    const auto files = ProfileFiles::parse("", text);
    ASSERT_FALSE(files) << text;
    EXPECT_NE(files.error().message.find("line "), std::string::npos);
    EXPECT_FALSE(says(files.error(), "s3cret"));
  }
}

TEST(CredentialProcess, SplitsAsAShellWould) {
  EXPECT_EQ(split_command("a 'b c' \"d \\\" e\" f\\ g ''"),
            (std::vector<std::string>{"a", "b c", "d \" e", "f g", ""}));
  EXPECT_FALSE(split_command("a 'b"));
}

TEST(Sts, EndpointsOfEveryPartition) {
  EXPECT_EQ(sts_endpoint("eu-west-1"), "https://sts.eu-west-1.amazonaws.com");
  EXPECT_EQ(sts_endpoint("cn-north-1"), "https://sts.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(sts_endpoint("us-gov-west-1"), "https://sts.us-gov-west-1.amazonaws.com");
}

}  // namespace
}  // namespace strait::keys::testing
