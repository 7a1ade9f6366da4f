// Any bytes: no crash, the portable search agrees, and what is found is a key by its own form.
#include "model/finding/find.h"
#include "model/finding/anchors.h"
#include "property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith::model::finding;
  const std::string_view bytes = locksmith::fuzz::text_of(data, size);
  Finder finder;
  finder.placeholders = true;
  finder.found = [](const Found& found) {
    if (found.grade == Grade::placeholder) return;
    const auto graded = grade(found.key.reveal());
    locksmith::fuzz::must(graded && graded->grade == found.grade && graded->length == found.key.size(), "what is found is a key");
  };
  find(bytes, finder);
  std::size_t from = 0;
  while (true) {
    const auto a = next_anchor(bytes, from);
    const auto b = next_anchor_portable(bytes, from);
    locksmith::fuzz::must(a.has_value() == b.has_value(), "both searches find the same");
    if (!a) return 0;
    locksmith::fuzz::must(a->at == b->at && a->next == b->next, "both searches find it at the same place");
    from = a->next;
  }
}
