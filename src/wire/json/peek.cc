#include "wire/json/peek.h"

#include <simdjson.h>

#include "wire/json/number_token.h"

namespace locksmith::wire::json {

namespace ondemand = simdjson::ondemand;

struct Peek::State {
  ondemand::parser parser;
};

Peek::Peek() : state_(std::make_unique<State>()) {}
Peek::~Peek() = default;

namespace {

bool take_number(ondemand::value& value, Member& out) {
  NumberToken token;
  if (!read_number(value.raw_json_token(), token)) return false;
  out.number = token.number;
  out.integer = token.integer;
  out.is_integer = token.is_integer;
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
      return take_number(value, out);
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
