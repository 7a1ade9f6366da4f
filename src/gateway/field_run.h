// Copies fields of a head into another one as they were sent, letters and spaces included; lines that lay side by side go
// over in one copy.
#pragma once

#include <string>
#include <string_view>

#include "wire/http1/fields.h"

namespace locksmith::gateway {

class FieldRun {
 public:
  // Fields are views into one head as parse_…_head() read it, so that each line is followed by CR LF.
  explicit FieldRun(std::string& out) : out_(out) {}
  ~FieldRun() { flush(); }
  FieldRun(const FieldRun&) = delete;
  FieldRun& operator=(const FieldRun&) = delete;

  void add(const wire::http1::Field& field) {
    const char* const begin = field.name.data();
    const char* const name_end = begin + field.name.size();
    const char* const end = field.value.data() + field.value.size();
    const std::ptrdiff_t gap = field.value.data() - name_end;
    const bool as_usual = (gap == 2 && name_end[1] == ' ') || gap == 1;
    if (!as_usual || end[0] != '\r') {
      // White space that the next reader might take otherwise is not passed on.
      flush();
      out_.append(field.name).append(": ", 2).append(field.value).append("\r\n", 2);
      return;
    }
    if (begin != end_) {
      flush();
      begin_ = begin;
    }
    end_ = end + 2;
  }

 private:
  void flush() {
    if (begin_ != nullptr) out_.append(begin_, static_cast<std::size_t>(end_ - begin_));
    begin_ = end_ = nullptr;
  }

  std::string& out_;
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
};

}  // namespace locksmith::gateway
