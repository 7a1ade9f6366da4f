// Secret: bytes that must never leave by accident.
//
// It cannot be copied (say duplicate()), printed, formatted, hashed, ordered or compared with ==; moving leaves the source
// empty; the bytes are wiped when it dies. tests/must_not_compile proves each of these. The one way to the bytes is
// reveal(), a word that a reviewer can search for.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string_view>

namespace locksmith::inline vocabulary {

class Secret {
 public:
  Secret() = default;
  // Copies the bytes into memory of its own. The caller's copy is the caller's to wipe (see wipe()).
  explicit Secret(std::string_view bytes);
  ~Secret();

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  // A second Secret with the same bytes: a copy on purpose.
  Secret duplicate() const { return Secret(reveal()); }

  // The bytes. Valid while this object lives and is not assigned to. Never log, format or store what this returns.
  std::string_view reveal() const { return {bytes_.get(), size_}; }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Constant time for equal sizes; a difference in size is told at once.
  bool equals(const Secret& other) const { return equals(other.reveal()); }
  bool equals(std::string_view other) const;

  bool operator==(const Secret&) const = delete;

 private:
  void wipe_and_release() noexcept;

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

// Overwrites memory in a way that the compiler may not remove.
void wipe(char* bytes, std::size_t size) noexcept;

// No stream takes a Secret: without this an implicit conversion added later could make one do so.
template <class Stream>
Stream& operator<<(Stream&, const Secret&) = delete;

}  // namespace locksmith::inline vocabulary
