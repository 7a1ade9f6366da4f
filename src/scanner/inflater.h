// Undoing what was compressed by deflate where it fits into memory whole: twice as fast as piece by piece (libdeflate).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace locksmith::scanner {

// One a thread.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // zlib, exactly `size` bytes; false: they are damaged.
  bool undo(std::string_view packed, std::size_t size, std::string& out);
  // zlib of a size that is not known, at most `most`.
  std::optional<std::string> undo(std::string_view packed, std::size_t most);
  // gzip of one member whose size, as its end tells it, is at most `most`. Nothing: it is another one, which may be good all the same.
  std::optional<std::string> gunzip(std::string_view packed, std::size_t most);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace locksmith::scanner
