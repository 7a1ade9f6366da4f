// The entries of a HAR file, one text after the other, found without reading the whole document into memory a
// second time.
#pragma once

#include <cstddef>
#include <string_view>

namespace locksmith::doctor::intake {

class HarEntries {
 public:
  explicit HarEntries(std::string_view text);

  bool found() const { return found_; }  // a list named "entries" stands in the text

  // The next entry with its braces; false at the end of the list or where the text breaks off.
  bool next(std::string_view& entry);

  bool broken_off() const { return broken_off_; }  // after next() said false: the list has no end
  std::size_t offset() const { return at_; }       // where the last entry began, or where the text breaks off

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  bool found_ = false;
  bool broken_off_ = false;
};

}  // namespace locksmith::doctor::intake
