#include "wire/json/json.h"

#include <simdjson.h>

#include <bit>
#include <cmath>

#include "vocabulary/assert.h"

namespace locksmith::wire::json {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

using Handle = std::array<std::uintptr_t, 2>;
static_assert(sizeof(element) == sizeof(Handle) && std::is_trivially_copyable_v<element>);

element unpack(const Handle& handle) { return std::bit_cast<element>(handle); }
Handle pack(const element& e) { return std::bit_cast<Handle>(e); }

Kind kind_of(const element& e) {
  switch (e.type()) {
    case element_type::ARRAY:
      return Kind::array;
    case element_type::OBJECT:
      return Kind::object;
    case element_type::STRING:
      return Kind::string;
    case element_type::BOOL:
      return Kind::boolean;
    case element_type::NULL_VALUE:
      return Kind::null;
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE:
      return Kind::number;
  }
  return Kind::absent;
}

}  // namespace

std::string_view to_words(Kind kind) {
  switch (kind) {
    case Kind::absent:
      return "nothing";
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "true or false";
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  return "nothing";
}

Value Value::from(Element handle) {
  Value value;
  value.element_ = handle;
  value.kind_ = kind_of(unpack(handle));
  return value;
}

Value Value::operator[](std::string_view name) const {
  if (kind_ != Kind::object) return {};
  element found;
  if (unpack(element_).at_key(name).get(found) != simdjson::SUCCESS) return {};
  return from(pack(found));
}

std::optional<std::string_view> Value::as_string() const {
  if (kind_ != Kind::string) return std::nullopt;
  return unpack(element_).get_string().value_unsafe();
}

std::optional<double> Value::as_number() const {
  if (kind_ != Kind::number) return std::nullopt;
  return unpack(element_).get_double().value_unsafe();
}

std::optional<std::int64_t> Value::as_integer() const {
  if (kind_ != Kind::number) return std::nullopt;
  std::int64_t whole = 0;
  if (unpack(element_).get_int64().get(whole) == simdjson::SUCCESS) return whole;
  const double number = unpack(element_).get_double().value_unsafe();
  if (std::abs(number) < 9e15 && std::trunc(number) == number) return static_cast<std::int64_t>(number);
  return std::nullopt;
}

std::optional<bool> Value::as_boolean() const {
  if (kind_ != Kind::boolean) return std::nullopt;
  return unpack(element_).get_bool().value_unsafe();
}

std::size_t Value::size() const {
  if (kind_ == Kind::array) return unpack(element_).get_array().value_unsafe().size();
  if (kind_ == Kind::object) return unpack(element_).get_object().value_unsafe().size();
  return 0;
}

void Value::visit_elements(void (*visit)(void*, Value), void* context) const {
  if (kind_ != Kind::array) return;
  const simdjson::dom::array children = unpack(element_).get_array().value_unsafe();
  for (const element child : children) visit(context, from(pack(child)));
}

void Value::visit_members(void (*visit)(void*, std::string_view, Value), void* context) const {
  if (kind_ != Kind::object) return;
  const simdjson::dom::object children = unpack(element_).get_object().value_unsafe();
  for (const auto& [name, child] : children) visit(context, name, from(pack(child)));
}

struct Reader::State {
  simdjson::dom::parser parser;
  std::string padded;
};

Reader::Reader() : state_(std::make_unique<State>()) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

void Reader::shrink(std::size_t keep) {
  if (state_->parser.capacity() > keep) state_ = std::make_unique<State>();
}

Result<Value> Reader::parse(std::string_view text) {
  // simdjson reads a little past the end, so the text moves into a buffer that is kept from document to document.
  state_->padded.assign(text);
  state_->padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  element root;
  const auto error =
      state_->parser.parse(state_->padded.data(), text.size(), /*realloc_if_needed=*/false).get(root);
  if (error != simdjson::SUCCESS) {
    return fail(FailureCode("json_invalid"), std::string("This is not valid JSON: ") + simdjson::error_message(error),
                "Check the text, for example with: python3 -m json.tool FILE", Blame::user);
  }
  return Value::from(pack(root));
}

}  // namespace locksmith::wire::json
