// What of a request goes on to upstream: its method and target, the fields that may pass, and its body, byte for byte.
//
// The head is kept when it is read, because its bytes do not stay; the head for upstream is made of it when the request is
// forwarded (forward.h). `memory` is where the body's bytes count. All lies in one string that the worker's buffers lend.
#pragma once

#include <string_view>

#include "gateway/admit.h"
#include "gateway/body_memory.h"
#include "gateway/buffers.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

class KeptRequest {
 public:
  KeptRequest() = default;
  // `foreseen`: bytes of the body that will come, as far as they are known; memory is set aside for so much as they begin to come, and for
  // limits::kReservedBody before, because a length that is announced costs nothing.
  // `dials`: upstream is an emulator on this machine, which may be told what to get wrong.
  KeptRequest(Buffers& buffers, BodyPart memory, const wire::http1::RequestHead& head, const Admitted& admitted,
              std::size_t foreseen, bool dials = false);

  // False where there is no more memory for the bodies of its key.
  bool append_body(std::string_view piece);
  const BodyPart& memory() const { return memory_; }
  // Makes wire::json::kPeekPadding bytes behind the body readable. Views that were given before are no longer valid.
  void pad();

  std::string_view method() const { return text().substr(0, method_size_); }
  std::string_view target() const { return text().substr(method_size_, target_size_); }  // path and query
  std::string_view fields() const { return text().substr(method_size_ + target_size_, fields_size_); }  // lines with CR LF
  std::string_view body() const { return text().substr(method_size_ + target_size_ + fields_size_); }

 private:
  std::string_view text() const { return *text_; }

  LentText text_;
  BodyPart memory_;
  std::size_t method_size_ = 0;
  std::size_t target_size_ = 0;
  std::size_t fields_size_ = 0;
  std::size_t foreseen_ = 0;  // of text_
};

}  // namespace locksmith::gateway
