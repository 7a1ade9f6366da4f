// A delta against a base, and a tree: whatever they say, nothing is read or made beyond what is there.
#include "property.h"
#include "scanner/git_locate.h"
#include "scanner/git_pack.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith::scanner;
  std::string_view bytes = locksmith::fuzz::text_of(data, size);
  const std::size_t split = size == 0 ? 0 : data[0] % size;
  if (const auto made = apply_delta(bytes.substr(0, split), bytes.substr(split), 1 << 20)) {
    locksmith::fuzz::must(made->size() <= 1 << 20, "an object is as large as it may be");
  }
  static_cast<void>(read_commit({}, bytes));
  std::size_t left = bytes.size();
  while (next_entry(bytes)) {
    locksmith::fuzz::must(bytes.size() < left, "each entry takes bytes off");
    left = bytes.size();
  }
  return 0;
}
