// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/call.h"
#include "wire/input_path.h"

// The transforms of catalog::Binding: from what a parameter says to what an ARN has in its place.
// None means the text as it is. One that this reader does not know, or that fails on a value, makes
// the resource unknown; it is never skipped.
//
//   sqs_url        a queue's URL, https://host/<account>/<name>: the name
//   function       Lambda: name, name:qualifier, account:function:name[:qualifier] or an ARN. The
//                  qualifier may stand beside it, in the member `Qualifier`
//   kms_key        a key id; "alias/x" and an alias ARN say nothing about the key: unknown
//   kms_alias      "alias/x" or an alias ARN gives "x"; a key id gives no value
//   ssm            a parameter's name, without one leading '/', a ":version" or a ":label"
//   secret         a secret's name or ARN; without its six random characters it gets "-??????"
//   iam_name       the name of an IAM entity whose path the call does not say: "*name", a pattern
//   iam_new        the name of one being made: the member `Path` without its leading '/', the name
//   s3_bucket      a bucket's name; an access point or Outposts ARN is the whole ARN
//   s3_source      x-amz-copy-source (copy_source.h): fills BucketName and ObjectName
//   s3_source_version   its version, no value when there is none (for triggers)
//   partiql_table  what a PartiQL statement is about (partiql.h)
//   ec2_type       an EC2 id: its resource type, from Catalog::ec2_resource_type()
//   revision       an ECS task definition: without ":revision" it gets ":*", a pattern
//   log_group      the name of a log group, or its ARN with or without ":*"
//   custom_bus     the name of an event bus, or of its ARN; the default bus gives no value
//   arn_name       a name, or the last part of the ARN that stands for it
//   last           what follows the last '/' (hosted zone "/hostedzone/Z1", the URL of a cluster)
//   last_colon     what follows the last ':'
//   lower          the text in lower case
//   begins:a,b     the text if it begins with one of these, else no value
//   not:a,b        the text if it begins with none of these, else no value
//   lacks:a        the text if it does not have this in it, else no value
//   after:a,b      what follows one of these, at the beginning or behind the last '/' of an ARN
//
// An ARN where a name is expected is the whole ARN.
namespace strait::wire {

struct ResourceName {
  enum Kind : std::uint8_t { kText, kWholeArn, kUnknown, kNone } kind = kText;
  std::string text;      // for kText what fills the variable, for kWholeArn the ARN
  bool pattern = false;  // `text` is a pattern, spelled as in journey::Need, not letter for letter
  std::string account;   // when the parameter names the account as well (a queue URL), else ""
  std::string also;  // what else AWS may take the parameter for, in the place of `text` and as a
                     // pattern: for a Deny to meet; "" when nothing
};

// Whether resource_name() is the text as it is, which most parameters are.
bool names_itself(std::string_view text, std::string_view transform, std::string_view variable);

// kInvalidInput when the parameter contradicts the call's region.
Result<ResourceName> resource_name(std::string_view text, std::string_view transform,
                                   std::string_view variable, const journey::Call& call);

// Whether `arn` fits `pattern` ("arn:${Partition}:s3:::${BucketName}") with every variable but the
// partition free, and every `*`.
bool fits_pattern(std::string_view arn, std::string_view pattern, std::string_view partition);

}  // namespace strait::wire
