#include "wire/toml/toml.h"

#include <algorithm>
#include <utility>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "vocabulary/limits.h"

namespace locksmith::wire::toml {
namespace {

int line_of(const ::toml::node& node) { return static_cast<int>(node.source().begin.line); }

Value convert(const ::toml::node& node) {
  Value value;
  value.line = line_of(node);
  if (const auto* text = node.as_string()) {
    value.kind = Kind::text;
    value.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.kind = Kind::integer;
    value.integer = integer->get();
    value.number = static_cast<double>(integer->get());
  } else if (const auto* number = node.as_floating_point()) {
    value.kind = Kind::number;
    value.number = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.kind = Kind::boolean;
    value.boolean = boolean->get();
  } else if (const auto* array = node.as_array()) {
    value.kind = Kind::array;
    for (const ::toml::node& item : *array) value.items.push_back(convert(item));
  } else if (const auto* table = node.as_table()) {
    value.kind = Kind::table;
    for (const auto& [key, member] : *table) {
      value.members.push_back({std::string(key.str()), convert(member)});
    }
    // The library keeps them by name; the first fault that a reader meets is the one higher up.
    std::ranges::stable_sort(value.members, {}, [](const Member& member) { return member.value.line; });
  } else {
    value.kind = Kind::other;
  }
  return value;
}

}  // namespace

std::string_view to_words(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "a text in quotes";
    case Kind::integer:
      return "a whole number";
    case Kind::number:
      return "a number";
    case Kind::boolean:
      return "true or false";
    case Kind::array:
      return "a list";
    case Kind::table:
      return "a table";
    case Kind::other:
      break;
  }
  return "a date or time";
}

Result<Value> parse(std::string_view text, std::string_view name) {
  const auto refused = [&](std::uint64_t line, std::string_view why) {
    return fail(FailureCode("toml_invalid"), std::string(name) + ":" + std::to_string(line) + ": " + std::string(why) + ".",
                "Write it as TOML: name = \"text\", name = 12, name = true, [[table]].", Blame::user);
  };
  if (text.size() > limits::kTextFile.value) return refused(1, "the file is too large to be a configuration");
  const ::toml::parse_result result = ::toml::parse(text);
  if (result.failed()) return refused(std::max<std::uint64_t>(1, result.error().source().begin.line), "this is not TOML");
  Value value = convert(result.table());
  value.line = 0;
  return value;
}

}  // namespace locksmith::wire::toml
