// A few members picked out of an object, against the whole document read: what both take for JSON must say the same.
#include "wire/json/peek.h"

#include <array>

#include "property.h"
#include "wire/json/json.h"

namespace {

using namespace locksmith;
using wire::json::Kind;
using wire::json::Member;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static wire::json::Reader reader;
  static wire::json::Peek peek;
  std::string text(fuzz::text_of(data, size));
  text.reserve(size + wire::json::kPeekPadding);
  std::array<Member, 3> members{Member{.name = "model", .text = {}, .raw = {}}, Member{.name = "max_tokens", .text = {}, .raw = {}},
                                Member{.name = "stream", .text = {}, .raw = {}}};
  const bool taken = peek.read(text, members);
  const auto document = reader.parse(text);
  if (!document) return 0;  // the peek looks at less: it may take what is broken behind
  fuzz::must(taken || document->kind() != Kind::object, "a document that is an object is taken");
  if (!taken) return 0;
  fuzz::must(document->kind() == Kind::object, "nothing but an object is taken");
  for (const Member& member : members) {
    int count = 0;
    document->for_each_member([&](std::string_view name, const wire::json::Value&) { count += name == member.name ? 1 : 0; });
    fuzz::must((count == 0) == (member.kind == Kind::absent), "a member is there for both or for neither");
    fuzz::must((count > 1) == member.repeated, "a repeated member is repeated for both");
    if (count != 1) continue;
    const wire::json::Value value = (*document)[member.name];
    fuzz::must(value.kind() == member.kind, "both see the same kind");
    if (member.kind == Kind::string) fuzz::must(value.string_or({}) == member.text, "both see the same text");
    if (const auto number = value.as_integer(); number && member.kind == Kind::number) {
      fuzz::must(member.is_integer && member.integer == *number, "both see the same number");
    }
  }
  return 0;
}
