// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/action_class.h"
#include "catalog/format.h"
#include "catalog/host_kind.h"

// What AWS is, as data: services, operations, shapes, routes, endpoints, IAM actions, ARN patterns,
// secret members. A Catalog reads a pack (docs/formats/pack.md) that catalog/compiler makes from
// botocore, iam-data and our overlay.
//
// Service, Operation, Shape and Member are small handles (a catalog and an index), free to copy,
// valid as long as the Catalog. All text they return points into the pack. Nothing here allocates
// but the functions that return a vector. A Catalog is immutable and may be read by any number of
// threads.
namespace strait::catalog {

class Catalog;

enum class Protocol : std::uint8_t {
  kJson10,
  kJson11,
  kQuery,
  kEc2,
  kRestJson,
  kRestXml,
  kRpcV2Cbor
};
std::string_view name(Protocol protocol);  // "json-1.0", "json-1.1", "query", "ec2", "rest-json",
                                           // "rest-xml", "rpc-v2-cbor"

enum class ShapeKind : std::uint8_t {
  kStructure,
  kList,
  kMap,
  kString,
  kBlob,
  kBoolean,
  kInteger,  // byte, short, integer, long, biginteger: Shape::number_bits()
  kFloat,    // float, double, bigdecimal
  kTimestamp,
  kDocument,  // any JSON
};

enum class TimestampFormat : std::uint8_t { kUnset, kIso8601, kRfc822, kUnix };

enum class Location : std::uint8_t {
  kBody,
  kUri,
  kQueryString,
  kHeader,
  kHeaders /* prefix map */,
  kStatusCode
};

class Member;

class Shape {
 public:
  Shape(const Catalog* catalog, std::uint32_t index) : catalog_(catalog), index_(index) {}
  ShapeKind kind() const;
  unsigned number_bits() const;  // 8, 16, 32 or 64 of a signed integer, 32 or 64 of a float; 0: any
  std::string_view name() const;
  bool sensitive() const;
  bool streaming() const;     // a blob that is the stream of bytes itself
  bool event_stream() const;  // a structure of events
  bool flattened() const;     // list or map without wrapper element
  bool jsonvalue() const;     // a string header carrying base64 JSON
  bool is_union() const;
  TimestampFormat timestamp_format() const;
  bool exception() const;
  std::string_view error_code()
      const;  // of an exception: the code in its reply; name() when the model has none
  std::string_view xml_namespace() const;  // "" when none
  std::string_view location_name()
      const;  // the shape's own locationName (root element of rest-xml input), "" when none

  // Structure.
  std::uint32_t member_count() const;
  Member member(std::uint32_t at) const;                      // at < member_count(), in model order
  std::optional<Member> member(std::string_view name) const;  // by model name, exact
  std::optional<Member> member_by_wire_name(
      std::string_view name) const;  // by locationName or, failing that, name
  // List: its element. Map: key and value. They carry locationName, flattened and the rest, as
  // members do.
  Member element() const;
  Member key() const;
  Member value() const;

  std::uint32_t index() const { return index_; }
  bool operator==(const Shape&) const = default;

 private:
  const Catalog* catalog_;
  std::uint32_t index_;
};

// A reference to a shape from a structure, list or map, with the traits of the reference.
class Member {
 public:
  Member(const Catalog* catalog, std::uint32_t index) : catalog_(catalog), index_(index) {}
  std::string_view name() const;           // "" for list elements, map keys and values
  std::string_view location_name() const;  // as written in the model, "" when none
  bool has_location_name() const;
  std::string_view wire_name() const;  // location_name(), or name() when there is none
  std::string_view query_name()
      const;  // the name in the query and ec2 protocols where it differs, "" when none
  Shape shape() const;
  Location location() const;
  TimestampFormat timestamp_format() const;  // the member's, or its shape's
  std::string_view xml_namespace() const;
  std::string_view xml_prefix() const;  // of the namespace
  bool required() const;
  bool sensitive() const;  // the reference's or the shape's
  bool streaming() const;  // the reference's or the shape's
  bool flattened() const;  // the reference's or the shape's
  bool xml_attribute() const;
  bool idempotency_token() const;
  bool host_label() const;
  bool event() const;  // a member of an event stream
  bool event_header() const;
  bool event_payload() const;
  bool jsonvalue() const;
  std::uint32_t index() const { return index_; }

 private:
  const Catalog* catalog_;
  std::uint32_t index_;
};

// When an action is needed.
enum class Trigger : std::uint8_t {
  kAlways,
  kMemberPresent,  // `member` has a value
  kMemberAbsent,
  kPartiql,  // `member` holds PartiQL; the verb of the action comes from the statement
  kRoleArn,  // `member` holds a role ARN; a binding of "iam:PassedToService" says who gets it
  kMay,      // AWS lists it as possible; checked for explicit deny only
};

// Records of one kind that stand together in the pack, each read when it is looked at.
template <class T>
class Records {
 public:
  class Iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Catalog* catalog, std::uint32_t at) : catalog_(catalog), at_(at) {}
    T operator*() const { return T::read(*catalog_, at_); }
    Iterator& operator++() { return ++at_, *this; }
    Iterator operator++(int) { return {catalog_, at_++}; }
    bool operator==(const Iterator&) const = default;

   private:
    const Catalog* catalog_ = nullptr;
    std::uint32_t at_ = 0;
  };

  Records(const Catalog* catalog, std::uint32_t first, std::uint32_t count)
      : catalog_(catalog), first_(first), count_(count) {}
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  T operator[](std::uint32_t at) const { return T::read(*catalog_, first_ + at); }
  T front() const { return (*this)[0]; }
  Iterator begin() const { return {catalog_, first_}; }
  Iterator end() const { return {catalog_, first_ + count_}; }

 private:
  const Catalog* catalog_;
  std::uint32_t first_, count_;
};

// How one variable of an ARN pattern is filled, or the whole ARN. `member` is one of
//
//   ""              not derivable: write `*` and treat the resource as unknown
//   "*"             a part of the name that the input does not tell (a stack's id): the ARN is a
//                   pattern
//   "=text"         the constant `text`. "=*" is a thing AWS names only after the call (a new
//                   instance id): AWS has no ARN to judge and takes the text `instance/*` itself,
//                   which a Deny on `instance/i-1` does not match. So this is that text letter for
//                   letter, and no pattern
//   path            a walk into the input, by model member names
//   path|transform  the same, and each value is rewritten
//   path?text       (also after a transform) `text` where the path gives no value: what AWS takes
//                   when it is not told
//
// A path is steps joined by '.': `A` the member A of a structure; `A[]` every element of the list
// A; `A{key}` every key and `A{}` every value of the map A. "Entries[].Id", "RequestItems{key}",
// "TransactItems[].Put.TableName". Bindings of one row that start with the same `[]` or `{}` step
// walk it together (the same element); others combine freely. A path that ends in an absent member
// gives no value; in an element of a list, which is about something all the same, it is unknown.
// ${Partition}, ${Region} and ${Account} come from the call, not from its input. A binding of
// `Account` is a member that repeats whose the thing is, and must agree.
//
// A value that begins with "arn:" where a name is expected is the whole ARN, if it fits the row's
// pattern with every variable free; if it does not fit, the row gives nothing. The transforms are
// wire's (wire/resource_name.h); one that a reader does not know, or that fails on a value, makes
// the row unknown; it is never skipped.
struct Binding {
  std::string_view variable;  // "BucketName"; "" when the value is the whole ARN
  std::string_view member;
  static Binding read(const Catalog& catalog, std::uint32_t at);
};

// A member of an operation's output that must be covered, or one that need not be although the
// model says `sensitive`. The path is as in Binding, from the output shape: "Parameters[].Value";
// "*" stands for the whole reply body.
struct MaskPath {
  std::string_view path;
  std::string_view
      kind;  // "session-token", "secret", "password", "user-data", ...: goes into the masked value
};

struct ResourceRow {
  std::string_view type;     // "object" as in the Service Authorization Reference
  std::string_view pattern;  // "arn:${Partition}:s3:::${BucketName}/${ObjectName}"; "*" when the
                             // action takes none
  Records<Binding> bindings;
  bool derivable = false;      // every variable of the pattern is bound, or the whole ARN is
  bool other_account = false;  // AWS takes ARNs of this type from another account,
  bool other_region = false;   // or from another region
  static ResourceRow read(const Catalog& catalog, std::uint32_t at);
};

// One action that a call needs. An operation may have several rows, also several of one action (an
// action that AWS judges on two resource types, as ec2:RunInstances on image and subnet, has a row
// for each): each must be allowed on everything it names.

struct ActionRow {
  std::string_view action;  // "s3:GetObject"
  Trigger trigger = Trigger::kAlways;
  std::string_view member;  // for the triggers that name one: a path as in Binding
  std::string_view
      access_level;  // "Read", "Write", "List", "Tagging", "Permissions management", "" unknown
  // The kinds of thing the action may be on. Every row that the input fills names things; usually
  // that is one row. When the input fills none, the first row's pattern with unknown variables is
  // what the call is on. Never empty: an action without resource types has one derivable row with
  // pattern "*".
  Records<ResourceRow> resources;
  static ActionRow read(const Catalog& catalog, std::uint32_t at);
};

struct ContextKey {
  std::string_view key, path;  // "ec2:InstanceType", and the member that decides it, as in Binding
  bool absent = false;         // without the member the key is absent; else AWS may have a default
  static ContextKey read(const Catalog& catalog, std::uint32_t at);
};

class Service;

class Operation {
 public:
  constexpr Operation(const Catalog* catalog, std::uint32_t index)
      : catalog_(catalog), index_(index) {}
  const Catalog& catalog() const { return *catalog_; }
  std::string_view name() const;
  Service service() const;
  std::string_view http_method() const;
  std::string_view uri() const;  // "/{Bucket}/{Key+}?uploads", as in the model
  std::optional<Shape> input() const;
  std::optional<Shape> output() const;
  std::string_view input_payload() const;  // name of the payload member, "" when none
  std::string_view output_payload() const;
  std::string_view input_root()
      const;  // rest-xml: root element of a body that is not a payload member; else ""
  std::string_view input_xml_namespace() const;
  std::string_view host_prefix() const;     // "{AccountId}." or "sync-", "" when none
  std::string_view result_wrapper() const;  // query: element around the output
  bool no_auth() const;                     // modelled as unsigned
  bool unsigned_payload() const;            // v4-unsigned-body
  bool deprecated() const;
  bool request_compression() const;  // the body may be gzip
  bool read_only() const;
  bool checksum_required() const;
  std::string_view checksum_algorithm_member() const;   // httpChecksum, "" when none
  std::span<const std::uint32_t> error_shapes() const;  // shape indices
  Classes classes() const;
  Records<ActionRow> actions() const;  // empty: unmapped, and therefore refused
  Records<ContextKey> context_keys() const;
  // The service's, but for a few ("s3express" for s3 ListDirectoryBuckets).
  std::string_view signing_name() const;
  // Output members to cover whatever the model says; those it calls sensitive and that are left.
  std::vector<MaskPath> secrets() const;
  std::vector<MaskPath> unmasked() const;
  std::uint32_t index() const { return index_; }
  bool operator==(const Operation&) const = default;

 private:
  const Catalog* catalog_;
  std::uint32_t index_;
};

class Service {
 public:
  Service(const Catalog* catalog, std::uint32_t index) : catalog_(catalog), index_(index) {}
  std::string_view name() const;        // botocore's client name: "dynamodb"
  std::string_view service_id() const;  // "DynamoDB"
  std::string_view api_version() const;
  std::string_view endpoint_prefix() const;
  std::string_view signing_name() const;
  std::string_view target_prefix() const;  // "DynamoDB_20120810", "" when none
  std::string_view xml_namespace() const;
  std::string_view iam_prefix() const;
  std::span<const Protocol> protocols()
      const;  // the default first, then the others the model lists, then legacy ones
  bool speaks(Protocol protocol) const;
  bool query_compatible() const;  // awsQueryCompatible: json errors carry x-amzn-query-error
  bool account_in_host() const;   // its endpoint may have the caller's account id before it
  bool global() const;            // one endpoint per partition, signed for `signing_region`
  std::uint32_t operation_count() const;
  Operation operation(std::uint32_t at) const;
  std::optional<Operation> operation(std::string_view name) const;
  std::uint32_t index() const { return index_; }
  auto operator<=>(const Service&) const = default;

 private:
  const Catalog* catalog_;
  std::uint32_t index_;
};

// The operations that a name can mean: nearly always one, so room for a few is at hand.
class Operations {
 public:
  void add(Operation operation) {
    if (many_.empty() && count_ < few_.size()) {
      few_[count_++] = operation;
      return;
    }
    if (many_.empty()) many_.assign(few_.begin(), few_.end());
    many_.push_back(operation);
    count_ = 0;
  }
  template <class Predicate>
  void keep_if(Predicate keep) {
    const auto dropped = std::ranges::remove_if(all(), std::not_fn(keep));
    if (many_.empty()) {
      count_ -= dropped.size();
    } else {
      many_.resize(many_.size() - dropped.size(), kNone);
    }
  }
  std::span<Operation> all() {
    return many_.empty() ? std::span(few_).first(count_) : std::span(many_);
  }
  std::size_t size() const { return many_.empty() ? count_ : many_.size(); }
  bool empty() const { return size() == 0; }
  Operation operator[](std::size_t at) const { return many_.empty() ? few_[at] : many_[at]; }

 private:
  static constexpr Operation kNone{nullptr, 0};
  std::array<Operation, 4> few_ = {kNone, kNone, kNone, kNone};
  std::size_t count_ = 0;        // of `few_`
  std::vector<Operation> many_;  // all of them, when they are more
};

// One AWS host name as an endpoint: what it can be, from the compiled endpoint rules.
struct Endpoint {
  std::string_view partition;       // "aws", "aws-cn", "aws-us-gov", ...
  std::string region;               // "" for a global endpoint without region in its name
  std::string_view signing_region;  // for global services ("us-east-1"), "" when the region itself
  std::string label;  // what stood before the endpoint: a bucket or a host prefix, "" when nothing
  Variant variant;
  HostKind kind = HostKind::kPlain;
  std::vector<Service> services;  // every service reachable at that host; never empty
};

// Where to send a call for `service` in `region`.
struct Target {
  std::string host;  // "dynamodb.eu-west-1.amazonaws.com"
  std::string signing_region;
  std::string_view signing_name;
  std::string_view path_prefix;  // goes before every path of this service ("/v2" for geo-maps), ""
                                 // for nearly all
};

class Catalog {
 public:
  // Takes the whole pack. Checks magic, version, SHA-256 and every offset once, so that the handles
  // need not. The bytes must outlive the catalog.
  static Result<std::unique_ptr<const Catalog>> load(std::span<const std::byte> pack);
  ~Catalog();

  std::string_view version() const;  // of the sources: "botocore 1.43.67, iam-data 0.21..."
  std::string_view digest() const;   // hex SHA-256 of the pack; part of every record

  std::uint32_t service_count() const;
  Service service(std::uint32_t at) const;
  std::optional<Service> service(std::string_view client_name) const;
  std::vector<Service> services_signed_as(std::string_view signing_name) const;

  // Claims of the RPC protocols. A target prefix or a query version may belong to several services.
  Operations operations_by_target(std::string_view target_prefix, std::string_view operation) const;
  Operations operations_by_query(std::string_view action, std::string_view version) const;
  Operations operations_by_cbor(std::string_view service, std::string_view operation) const;

  // REST: the operations of `service` whose method, path and literal query keys fit. `segments` are
  // the raw, undecoded path segments after the leading '/', "" for a trailing slash ("/" is one
  // ""); `query` is decoded pairs. Labels take no empty segment, a greedy label takes one or more
  // segments and at least one byte. A slash at the end that no greedy label takes means nothing,
  // because clients disagree about it; no two routes differ in it alone (the compiler sees to
  // that). A path prefix that AWS's endpoint rules add (Target::path_prefix) is taken off by the
  // caller.
  //
  // What is decided here, in order: literal segment before label before greedy label, from the
  // left; most literal query keys ("?acl" wants no value; "x-id" never decides); an operation that
  // needs a query key that is absent is out, and of the rest those that need most query keys. What
  // is left differs only in required headers, signing name or not at all, in this order for the
  // caller: (1) an operation whose required header members are absent is out, and of the rest those
  // that require most win (x-amz-copy-source makes PutObject a CopyObject); (2) those whose
  // signing_name() is the credential scope's; (3) a deprecated operation loses to its successor,
  // which comes first here.
  struct Route {
    Operation operation;
    std::vector<std::pair<std::string_view, std::string>>
        labels;  // label name, raw text (greedy ones joined by '/')
  };
  std::vector<Route> routes(
      Service service, std::string_view method, std::span<const std::string_view> segments,
      std::span<const std::pair<std::string_view, std::string_view>> query) const;

  // `host` without port, any case. The label is not judged here: the caller refuses one that the
  // operation cannot explain (a bucket for s3, its host_prefix() otherwise). Literal prefixes
  // joined by '-' are split off as well: "sync-states.us-east-1..." is label "sync-" at states.
  std::optional<Endpoint> endpoint(std::string_view host) const;
  // Whether `host`, in lower case, is a domain of AWS's or a name under one, endpoint or not.
  bool in_aws_domain(std::string_view host) const;
  // kUnknownService: the service has no such endpoint in the region.
  Result<Target> target(Service service, std::string_view region, Variant variant = {},
                        HostKind kind = HostKind::kPlain) const;
  std::string_view partition_of(std::string_view region) const;  // "": no partition has it
  // The domains that AWS's endpoints are under, of every partition, each once and none under
  // another: "amazonaws.com", "api.aws", ...
  std::vector<std::string_view> domains() const;

  // The IAM vocabulary, for policy check and suggestions.
  bool knows_action(std::string_view action) const;  // "s3:GetObject", case-insensitive as IAM is
  std::string_view access_level(std::string_view action) const;
  Classes classes_of_action(std::string_view action) const;  // of all operations that need it
  // Condition keys; "aws:ResourceTag/${TagKey}" is a family, which is found for all its keys.
  struct ConditionKey {
    std::string_view name, type;  // "String", "ArrayOfString", "ARN", ...
  };
  std::uint32_t condition_key_count() const;
  ConditionKey condition_key(std::uint32_t at) const;
  std::optional<std::uint32_t> find_condition_key(std::string_view key) const;  // any case
  std::span<const std::uint32_t> keys_of_action(std::string_view action) const;
  std::uint32_t action_count() const;
  std::string_view action(std::uint32_t at) const;  // sorted, "s3:GetObject"
  // Whether any operation takes a parameter from that header, which is in lower case.
  bool binds_header(std::string_view name) const;
  // "i-0123" is "instance"; "" when not known.
  std::string_view ec2_resource_type(std::string_view id) const;

 private:
  friend class Service;
  friend class Operation;
  friend class Shape;
  friend class Member;
  friend struct ActionRow;
  friend struct ResourceRow;
  friend struct Binding;
  friend struct ContextKey;
  struct Pack;
  explicit Catalog(std::unique_ptr<Pack> pack);
  std::unique_ptr<Pack> pack_;
  // Of the pack, what every call reads: inline_handles.h.
  std::string_view text(format::Str at) const;
  const format::Operation* operations_;
  const format::Service* services_;
  const format::Shape* shapes_;
  const format::Member* members_;
  const char* strings_;
};

}  // namespace strait::catalog

#include "catalog/inline_handles.h"
