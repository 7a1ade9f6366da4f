#include "wire/json/walk.h"

#include <simdjson.h>

#include "vocabulary/limits/gateway.h"
#include "wire/json/number_token.h"
#include "wire/json/peek.h"

namespace locksmith::wire::json {

namespace ondemand = simdjson::ondemand;

struct Walk::State {
  ondemand::parser parser;
};

Walk::Walk() : state_(std::make_unique<State>()) {}
Walk::~Walk() = default;

namespace {

class Walker {
 public:
  Walker(std::string_view text, ondemand::document& document, WalkHandler& handler)
      : text_(text), document_(document), handler_(handler) {}

  bool object(ondemand::object& object) {
    if (++depth_ > limits::kWalkDepth) return false;
    for (auto result : object) {
      ondemand::field field;
      std::string_view name;
      if (std::move(result).get(field) || field.unescaped_key().get(name)) return false;
      ondemand::value value = field.value();
      if (!any(name, value)) return false;
    }
    --depth_;
    return true;
  }

 private:
  bool array(ondemand::array& array) {
    if (++depth_ > limits::kWalkDepth) return false;
    for (auto result : array) {
      ondemand::value value;
      if (std::move(result).get(value) || !any({}, value)) return false;
    }
    --depth_;
    return true;
  }

  bool any(std::string_view name, ondemand::value& value) {
    ondemand::json_type type{};
    if (value.type().get(type)) return false;
    const std::string_view token = value.raw_json_token();
    if (type != ondemand::json_type::object && type != ondemand::json_type::array) return scalar(name, type, token, value);
    const bool is_object = type == ondemand::json_type::object;
    const auto offset = static_cast<std::size_t>(token.data() - text_.data());
    if (handler_.begin(name, is_object ? Kind::object : Kind::array, offset) == WalkHandler::Go::past) return true;
    if (is_object) {
      ondemand::object inner;
      if (value.get_object().get(inner) || !object(inner)) return false;
    } else {
      ondemand::array inner;
      if (value.get_array().get(inner) || !array(inner)) return false;
    }
    const char* behind = nullptr;
    handler_.end(document_.current_location().get(behind) ? text_.size() : static_cast<std::size_t>(behind - text_.data()));
    return true;
  }

  bool scalar(std::string_view name, ondemand::json_type type, std::string_view token, ondemand::value& value) {
    Scalar out;
    out.size = token.size();
    if (type == ondemand::json_type::string) {
      out.kind = Kind::string;
      if (handler_.wants_text(name) && value.get_string().get(out.text)) return false;
    } else if (type == ondemand::json_type::number) {
      out.kind = Kind::number;
      NumberToken number;
      if (!read_number(token, number)) return false;
      out.integer = number.integer;
      out.is_integer = number.is_integer;
    } else if (type == ondemand::json_type::boolean) {
      out.kind = Kind::boolean;
      if (value.get_bool().get(out.boolean)) return false;
    } else {
      bool null = false;
      if (value.is_null().get(null) || !null) return false;
    }
    handler_.scalar(name, out);
    return true;
  }

  std::string_view text_;
  ondemand::document& document_;
  WalkHandler& handler_;
  std::size_t depth_ = 0;
};

}  // namespace

bool Walk::read(std::string_view text, WalkHandler& handler) {
  ondemand::document document;
  const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + kPeekPadding);
  if (state_->parser.iterate(padded).get(document)) return false;
  ondemand::object root;
  if (document.get_object().get(root)) return false;
  if (!Walker(text, document, handler).object(root)) return false;
  // Behind the object nothing may follow: current_location() is out of bounds exactly there.
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

void Walk::shrink(std::size_t keep) {
  if (state_->parser.capacity() > keep) state_ = std::make_unique<State>();
}

}  // namespace locksmith::wire::json
