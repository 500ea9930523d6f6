// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

// The pack as it lies in memory (docs/formats/pack.md): a header, sections of fixed-size records,
// and a 32-byte SHA-256 over all before it. Little-endian. Every record is a multiple of four bytes
// and every section starts at a multiple of eight, so that a mapped file is read in place. Text is
// a Str: an offset into the string pool, where a 16-bit length stands before the bytes. Str 0 is
// "". An index equal to kNone means "none".
namespace strait::catalog::format {

inline constexpr std::array<char, 8> kMagic = {'S', 'T', 'R', 'T', 'P', 'A', 'C', 'K'};
inline constexpr std::uint32_t kVersion = 3;
inline constexpr std::uint32_t kNone = 0xffffffff;
inline constexpr std::size_t kSealBytes = 32;

using Str = std::uint32_t;
using Index = std::uint32_t;

// A run of records in another section.
struct Run {
  Index first = 0;
  std::uint32_t count = 0;
};

enum SectionId : std::uint32_t {
  kStrings,       // bytes
  kInfo,          // Info, one
  kServices,      // Service, by name
  kOperations,    // Operation, by service, then name
  kShapes,        // Shape
  kMembers,       // Member; a list has one, a map key then value
  kByName,        // u16, beside kMembers: positions of a structure's members in order of name
  kByWireName,    // u16, the same in order of wire name, body members before others
  kNamespaces,    // Namespace; 0 is none
  kQueryNames,    // Pair {member, Str}, by member
  kShapeNames,    // Pair {shape, Str locationName}, by shape
  kErrorCodes,    // Pair {shape, Str code}, by shape
  kErrors,        // u32 shape indices, runs of them owned by operations
  kSigned,        // Pair {Str signing name, service}, by text
  kTargets,       // Pair {Str target prefix, service}, by text
  kVersions,      // Pair {Str api version, service}, by text: query and ec2 services
  kRoots,         // Root, by service, then method
  kNodes,         // Node
  kEdges,         // Edge, runs by text
  kRoutes,        // Route
  kRouteKeys,     // RouteKey
  kRows,          // Row
  kResources,     // Resource
  kBindings,      // Binding
  kActions,       // Action, by lower-case text
  kMasks,         // Mask
  kPartitions,    // Partition
  kRegions,       // Pair {Str region, partition}, by text
  kHosts,         // Host, by text
  kHostServices,  // u32 service indices, runs of them owned by hosts
  kTargetsBySvc,  // ServiceTarget, by service, then flags, partition and region
  kHostPrefixes,  // Str, literal label-joined host prefixes ("sync-")
  kEc2Ids,        // Pair {Str id prefix, Str resource type}, by text
  kHeaderNames,   // Pair {Str lower-case header that some input is bound to, 0}, by text
  kContextKeys,   // ContextKey, by operation
  kKeys,          // Key, by lower-case text: every condition key that AWS documents
  kActionKeys,    // u32 indices into kKeys, runs of them owned by actions
  kSectionCount,
};

struct Section {
  std::uint32_t offset = 0;  // from the start of the pack
  std::uint32_t count = 0;   // records
};

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t bytes = 0;  // of the whole pack, seal included
  std::array<Section, kSectionCount> sections = {};
};

struct Info {
  Str version = 0;
};

struct Pair {
  std::uint32_t key = 0;
  std::uint32_t value = 0;
};

enum ServiceFlag : std::uint32_t { kGlobal = 1, kQueryCompatible = 2, kAccountInHost = 4 };

struct Service {
  Str name = 0, service_id = 0, api_version = 0, endpoint_prefix = 0, signing_name = 0,
      target_prefix = 0, xml_namespace = 0, iam_prefix = 0;
  Run operations;
  std::array<std::uint8_t, 7> protocols = {};
  std::uint8_t protocol_count = 0;
  std::uint32_t flags = 0;
};

enum OperationFlag : std::uint16_t {
  kNoAuth = 1,
  kUnsignedPayload = 2,
  kDeprecated = 4,
  kRequestCompression = 8,
  kReadOnly = 16,
  kChecksumRequired = 32,
};

struct Operation {
  Str name = 0, method = 0, uri = 0, input_payload = 0, output_payload = 0, input_root = 0,
      input_xml_namespace = 0, host_prefix = 0, result_wrapper = 0, checksum_member = 0,
      signing_name = 0;
  Index service = 0, input = kNone, output = kNone;
  Run errors, rows, secrets, unmasked;
  std::uint16_t flags = 0;
  std::uint8_t classes = 0;
  std::uint8_t required_query = 0;  // how many query members are required: decides between routes
};

enum ShapeFlag : std::uint8_t {
  kShapeSensitive = 1,
  kShapeStreaming = 2,
  kEventStream = 4,
  kShapeFlattened = 8,
  kUnion = 16,
  kShapeJsonValue = 32,
  kEvent = 64,
  kException = 128,
};

struct Shape {
  Str name = 0;
  Index first_member = 0;
  std::uint16_t member_count = 0;
  std::uint8_t kind = 0;
  std::uint8_t flags = 0;
  std::uint8_t timestamp_format = 0;
  std::uint8_t name_space = 0;
  std::uint8_t more = 0;         // 1: in kShapeNames, 2: in kErrorCodes
  std::uint8_t number_bits = 0;  // of an integer or a float: 8 to 64; 0: as many as it takes
};

enum MemberFlag : std::uint16_t {
  kRequired = 1,
  kSensitive = 2,
  kStreaming = 4,
  kFlattened = 8,
  kXmlAttribute = 16,
  kIdempotencyToken = 32,
  kHostLabel = 64,
  kEventHeader = 128,
  kEventPayload = 256,
  kJsonValue = 512,
  kHasQueryName = 1024,
  kIsEvent = 2048,
};

struct Member {
  Str name = 0, location_name = 0;
  Index shape = 0;
  std::uint16_t flags = 0;
  std::uint8_t place = 0;  // Location in the low, TimestampFormat in the high four bits
  std::uint8_t name_space = 0;
};

struct Namespace {
  Str uri = 0, prefix = 0;
};

struct Root {
  Index service = 0;
  Str method = 0;
  Index node = 0;
};

// A place in the trie of one service and method.
struct Node {
  Run edges;             // literal segments
  Index label = kNone;   // where any one segment leads
  Index greedy = kNone;  // where one or more segments lead
  Run routes;            // what ends here
};

struct Edge {
  Str text = 0;
  Index node = 0;
};

struct Route {
  Index operation = 0;
  Run keys;        // literal query keys, then required ones
  Str labels = 0;  // label names in path order, joined by '/', greedy ones followed by '+'
};

struct RouteKey {
  Str key = 0, value = 0;
  std::uint32_t literal =
      0;  // 0: bound to a required member, any value; 1: key present without value; 2: with `value`
};

struct Row {
  Str action = 0, member = 0, access_level = 0;
  Run resources;
  std::uint32_t trigger = 0;
};

enum ResourceFlag : std::uint32_t { kDerivable = 1, kOtherAccount = 2, kOtherRegion = 4 };

struct Resource {
  Str type = 0, pattern = 0;
  Run bindings;
  std::uint32_t flags = 0;
};

struct Binding {
  Str variable = 0, member = 0;
};

struct Action {
  Str lower = 0, name = 0, access_level = 0;
  std::uint32_t classes = 0;
  Run keys;
};

struct Key {
  Str lower = 0, name = 0, type = 0;
};

struct Mask {
  Str path = 0, kind = 0;
};

struct ContextKey {
  Index operation = 0;
  Str key = 0, path = 0;
  std::uint32_t absent = 0;  // whether AWS has no default for a member that is not there
};

struct Partition {
  Str name = 0, dns_suffix = 0, dual_suffix = 0,
      region_prefixes = 0;  // prefixes of its regionRegex, "us|eu|..."
};

enum HostFlag : std::uint32_t { kFips = 1, kDualStack = 2 };
inline constexpr std::uint32_t kVariantMask = kFips | kDualStack;
inline constexpr std::uint32_t kKindShift = 8;  // a catalog::HostKind stands above the flags

// A host name with "{}" where its region stands, or literally.
struct Host {
  Str text = 0;
  Index partition = kNone;       // of a host without region
  std::uint32_t partitions = 0;  // of a host with a region: bit i is partition i
  Str signing_region = 0;
  std::uint32_t flags = 0;
  Run services;
};

// Where a service is reached: `region` "" is every region of the partition that has no row of its
// own. `flags` as of a host: the plain rows of a service come first.
struct ServiceTarget {
  Index service = 0, partition = 0;
  Str region = 0, host = 0 /* with {} */, signing_region = 0, signing_name = 0, path_prefix = 0;
  std::uint32_t flags = 0;
};

}  // namespace strait::catalog::format
