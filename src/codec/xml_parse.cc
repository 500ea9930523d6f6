// SPDX-License-Identifier: Apache-2.0
#include <expat.h>

#include <memory>

#include "base/limits.h"
#include "codec/utf8.h"
#include "codec/xml.h"

namespace strait::codec {
namespace {

constexpr char kSeparator = '\n';  // no URI may hold one; expat refuses a namespace that does

struct ParserFree {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<XML_ParserStruct, ParserFree>;

// A name as expat gives it with namespace triplets: "local", "uri\nlocal" or "uri\nlocal\nprefix".
struct QualifiedName {
  std::string_view ns, local, prefix;

  explicit QualifiedName(std::string_view text) {
    const auto first = text.find(kSeparator);
    if (first == std::string_view::npos) {
      local = text;
      return;
    }
    ns = text.substr(0, first);
    text.remove_prefix(first + 1);
    const auto second = text.find(kSeparator);
    local = text.substr(0, second);
    if (second != std::string_view::npos) prefix = text.substr(second + 1);
  }
};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Builds the tree from expat's events. An open element is the last child of the one above it, whose
// list does not grow meanwhile: the pointers in `open_` stay good.
class TreeBuilder {
 public:
  explicit TreeBuilder(XML_Parser parser) : parser_(parser) {
    XML_SetUserData(parser, this);
    XML_SetReturnNSTriplet(parser, XML_TRUE);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetNamespaceDeclHandler(parser, on_namespace, nullptr);
    XML_SetXmlDeclHandler(parser, on_declaration);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    XML_SetProcessingInstructionHandler(parser, on_instruction);
    XML_SetCommentHandler(parser, on_comment);
  }

  Result<XmlElement> build(std::string_view text) {
    const auto status = XML_Parse(parser_, text.data(), static_cast<int>(text.size()), XML_TRUE);
    if (status == XML_STATUS_OK) return std::move(root_);
    const char* why = why_ != nullptr ? why_ : XML_ErrorString(XML_GetErrorCode(parser_));
    return fail(code_, "the XML text is refused in line " +
                           std::to_string(XML_GetCurrentLineNumber(parser_)) + ": " + why);
  }

 private:
  static TreeBuilder& self(void* data) { return *static_cast<TreeBuilder*>(data); }

  void refuse(const char* why, ErrorCode code = ErrorCode::kMalformedRequest) {
    if (why_ != nullptr) return;
    why_ = why;
    code_ = code;
    XML_StopParser(parser_, XML_FALSE);
  }

  bool count_node() {
    if (++nodes_ <= limits::kValueNodesMax) return true;
    refuse("too many elements and attributes", ErrorCode::kLimitExceeded);
    return false;
  }

  static void on_start(void* data, const char* name, const char** attributes) {
    self(data).start(name, attributes);
  }
  static void on_end(void* data, const char*) { self(data).end(); }
  static void on_text(void* data, const char* text, int size) {
    auto& builder = self(data);
    if (builder.why_ == nullptr)
      builder.open_.back()->text.append(text, static_cast<std::size_t>(size));
  }
  static void on_namespace(void* data, const char*, const char*) { self(data).count_node(); }
  static void on_declaration(void* data, const char* version, const char* encoding, int) {
    if (version != nullptr && std::string_view(version) != "1.0")
      self(data).refuse("only XML 1.0 is taken");
    const std::string_view name = encoding == nullptr ? "UTF-8" : encoding;
    if (name != "UTF-8" && name != "utf-8") self(data).refuse("only UTF-8 is taken");
  }
  static void on_doctype(void* data, const char*, const char*, const char*, int) {
    self(data).refuse("a document type declaration");
  }
  static void on_instruction(void* data, const char*, const char*) {
    self(data).refuse("a processing instruction");
  }
  static void on_comment(void* data, const char*) { self(data).refuse("a comment"); }

  void start(const char* name, const char** attributes) {
    if (why_ != nullptr || !count_node()) return;
    if (open_.size() == limits::kDepthMax)
      return refuse("nested too deeply", ErrorCode::kLimitExceeded);
    auto& element = open_.empty() ? root_ : open_.back()->children.emplace_back();
    open_.push_back(&element);
    const QualifiedName qualified(name);
    element.name = qualified.local;
    element.prefix = qualified.prefix;
    element.ns = qualified.ns;
    for (; *attributes != nullptr; attributes += 2) {
      if (!count_node()) return;
      if (element.attributes.size() == limits::kXmlAttributesMax) {
        return refuse("too many attributes", ErrorCode::kLimitExceeded);
      }
      const QualifiedName key(attributes[0]);
      element.attributes.push_back(
          {std::string(key.local), std::string(key.prefix), std::string(key.ns), attributes[1]});
    }
  }

  void end() {
    if (why_ != nullptr) return;
    auto& element = *open_.back();
    open_.pop_back();
    if (element.children.empty()) return;
    if (!is_blank(element.text)) return refuse("text stands beside elements");
    element.text.clear();
  }

  XML_Parser parser_;
  XmlElement root_;
  std::vector<XmlElement*> open_;
  std::size_t nodes_ = 0;
  const char* why_ = nullptr;
  ErrorCode code_ = ErrorCode::kMalformedRequest;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const auto& element : children) {
    if (element.name == wanted) return &element;
  }
  return nullptr;
}

const std::string* XmlElement::attribute(std::string_view wanted) const {
  for (const auto& candidate : attributes) {
    if (candidate.name == wanted) return &candidate.value;
  }
  return nullptr;
}

Result<XmlElement> parse_xml(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf"))
    return fail(ErrorCode::kMalformedRequest, "the XML text has a byte order mark");
  if (!valid_utf8(text))
    return fail(ErrorCode::kMalformedRequest, "the XML text is not valid UTF-8");
  if (text.size() > limits::kBodyBufferedBytesMax)
    return fail(ErrorCode::kLimitExceeded, "the XML text is too long");
  // A parser is kept per thread for the many small documents; a large one would leave it large.
  constexpr std::size_t kKeptBytesMax = 256 * limits::kKiB;
  thread_local Parser kept;
  Parser parser = std::move(kept);
  if (!parser || XML_ParserReset(parser.get(), "UTF-8") != XML_TRUE) {
    parser.reset(XML_ParserCreateNS("UTF-8", kSeparator));
    if (!parser) return fail(ErrorCode::kUnavailable, "no memory for an XML parser");
  }
  auto result = TreeBuilder(parser.get()).build(text);
  if (text.size() <= kKeptBytesMax) kept = std::move(parser);
  return result;
}

}  // namespace strait::codec
