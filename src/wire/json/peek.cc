#include "wire/json/peek.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>

namespace locksmith::wire::json {

namespace ondemand = simdjson::ondemand;

struct Peek::State {
  ondemand::parser parser;
};

Peek::Peek() : state_(std::make_unique<State>()) {}
Peek::~Peek() = default;

namespace {

constexpr double kLargestWhole = 9.0e15;  // below it every whole double is exact

// From the digits themselves: get_number() takes a number with very many of them for the whole number 0, and one beyond 64
// bits for none. The grammar is not checked: whoever gets the text will.
bool read_number(ondemand::value& value, Member& out) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && std::string_view(" \t\r\n").contains(token.back())) token.remove_suffix(1);
  const char* const last = token.data() + token.size();
  const auto whole = std::from_chars(token.data(), last, out.integer);
  const auto any = std::from_chars(token.data(), last, out.number);
  if (any.ec == std::errc::invalid_argument || any.ptr != last) return false;
  out.is_integer = whole.ec == std::errc() && whole.ptr == last;
  if (out.is_integer) return true;
  out.is_integer = any.ec == std::errc() && std::abs(out.number) < kLargestWhole && std::trunc(out.number) == out.number;
  out.integer = out.is_integer ? static_cast<std::int64_t>(out.number) : 0;
  return true;
}

bool read_value(ondemand::value& value, Member& out) {
  ondemand::json_type type{};
  if (value.type().get(type)) return false;
  switch (type) {
    case ondemand::json_type::string:
      out.kind = Kind::string;
      return !value.get_string().get(out.text);
    case ondemand::json_type::number:
      out.kind = Kind::number;
      return read_number(value, out);
    case ondemand::json_type::boolean:
      out.kind = Kind::boolean;
      return !value.get_bool().get(out.boolean);
    case ondemand::json_type::null: {
      // Only the first letter was looked at: "nope" is an error, which a conversion to bool would throw.
      out.kind = Kind::null;
      bool null = false;
      return !value.is_null().get(null) && null;
    }
    case ondemand::json_type::object: {
      out.kind = Kind::object;
      ondemand::object object;
      return !value.get_object().get(object) && !object.raw_json().get(out.raw);
    }
    case ondemand::json_type::array: {
      out.kind = Kind::array;
      ondemand::array array;
      return !value.get_array().get(array) && !array.raw_json().get(out.raw);
    }
  }
  return false;
}

Member* find(std::span<Member> wanted, std::string_view name) {
  for (Member& member : wanted) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

}  // namespace

bool Peek::read(std::string_view text, std::span<Member> wanted) {
  for (Member& member : wanted) member = Member{.name = member.name, .text = {}, .raw = {}};
  ondemand::document document;
  const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + kPeekPadding);
  if (state_->parser.iterate(padded).get(document)) return false;
  ondemand::object object;
  if (document.get_object().get(object)) return false;
  for (auto result : object) {
    ondemand::field field;
    if (std::move(result).get(field)) return false;
    std::string_view name;
    if (field.unescaped_key().get(name)) return false;
    Member* const member = find(wanted, name);
    if (member == nullptr) continue;
    if (member->kind != Kind::absent) {
      member->repeated = true;
      continue;
    }
    ondemand::value value = field.value();
    if (!read_value(value, *member)) return false;
  }
  // Behind the object nothing may follow: current_location() is out of bounds exactly there.
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

void Peek::shrink(std::size_t keep) {
  if (state_->parser.capacity() > keep) state_ = std::make_unique<State>();
}

}  // namespace locksmith::wire::json
