// Reading and writing JSON (RFC 8259).
//
// Reading is simdjson's, behind two small types so that no other folder sees its header. A Value is a handle of two
// words into the Reader's last document; it is valid until that Reader parses again or dies. A Value of kind absent
// answers every question with "nothing", so a chain of look-ups needs one check at its end.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/failure.h"

namespace locksmith::wire::json {

enum class Kind : std::uint8_t { absent, null, boolean, number, string, array, object };

// "a string", "an object", …: for messages.
std::string_view to_words(Kind kind);

class Value {
 public:
  Value() = default;

  Kind kind() const { return kind_; }
  explicit operator bool() const { return kind_ != Kind::absent; }

  // Member of an object; absent where there is none, or where this is no object. With a repeated name, the first.
  Value operator[](std::string_view name) const;

  std::optional<std::string_view> as_string() const;
  std::optional<double> as_number() const;
  std::optional<std::int64_t> as_integer() const;  // also a whole number written as 3.0
  std::optional<bool> as_boolean() const;
  std::string_view string_or(std::string_view otherwise) const { return as_string().value_or(otherwise); }

  std::size_t size() const;  // elements of an array, members of an object, else 0

  // Calls visit(Value) for every element, in order.
  template <class Visit>
  void for_each_element(Visit&& visit) const {
    visit_elements([](void* v, Value element) { (*static_cast<Visit*>(v))(element); }, &visit);
  }
  // Calls visit(std::string_view name, Value) for every member, in order, repeated names included.
  template <class Visit>
  void for_each_member(Visit&& visit) const {
    visit_members([](void* v, std::string_view name, Value member) { (*static_cast<Visit*>(v))(name, member); },
                  &visit);
  }

 private:
  friend class Reader;
  using Element = std::array<std::uintptr_t, 2>;  // a simdjson::dom::element; json.cc proves the size
  void visit_elements(void (*visit)(void*, Value), void* context) const;
  void visit_members(void (*visit)(void*, std::string_view, Value), void* context) const;
  static Value from(Element element);

  Element element_{};
  Kind kind_ = Kind::absent;
};

// Not for more than one thread at a time. Reusing one Reader for many documents keeps its buffers.
class Reader {
 public:
  Reader();
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  // Failure code: json_invalid (the message says what simdjson found; the text itself is never quoted).
  Result<Value> parse(std::string_view text);

  // Gives back memory above `keep` bytes of text, with all Values: after one very large document.
  void shrink(std::size_t keep);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Appends JSON to a string. Commas are its own affair; nesting is asserted. Invalid UTF-8 becomes U+FFFD.
class Writer {
 public:
  explicit Writer(std::string& out, bool pretty = false) : out_(out), pretty_(pretty) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& key(std::string_view name);
  Writer& string(std::string_view text);
  Writer& integer(std::int64_t number);
  Writer& number(double number);  // not finite: null
  Writer& boolean(bool value);
  Writer& null();
  Writer& raw(std::string_view json);  // already JSON

  // key + value; an absent optional writes nothing.
  Writer& member(std::string_view name, std::string_view value) { return key(name).string(value); }
  Writer& member(std::string_view name, const char* value) { return key(name).string(value); }
  Writer& member(std::string_view name, bool value) { return key(name).boolean(value); }
  Writer& member(std::string_view name, std::int64_t value) { return key(name).integer(value); }
  Writer& member(std::string_view name, int value) { return key(name).integer(value); }
  Writer& member(std::string_view name, std::size_t value) { return key(name).integer(static_cast<std::int64_t>(value)); }
  Writer& member(std::string_view name, double value) { return key(name).number(value); }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void before_value();
  void newline();

  std::string& out_;
  bool pretty_;
  bool after_key_ = false;
  bool first_ = true;
  int depth_ = 0;
};

// Appends `text` with quotes and escapes.
void append_string(std::string& out, std::string_view text);

}  // namespace locksmith::wire::json
