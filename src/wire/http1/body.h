// Bodies (RFC 9112 sections 6 and 7): how long one is, and reading it wherever it is torn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vocabulary/bytes.h"
#include "wire/http1/head.h"
#include "wire/http1/refusal.h"

namespace locksmith::wire::http1 {

struct Framing {
  enum class Kind : std::uint8_t { none, length, chunked, until_close };
  Kind kind = Kind::none;
  std::uint64_t length = 0;  // of Kind::length
  Refusal refusal = Refusal::none;
};

// Ambiguous framing is refused (refusal != none), never repaired.
Framing framing_of(const RequestHead& head);
// `request_method` decides: an answer to HEAD has no body, a 2xx to CONNECT is a tunnel, which is no body either.
Framing framing_of(const ResponseHead& head, std::string_view request_method);

// Reads one body. Holds no content: pieces are views into the input.
class BodyReader {
 public:
  enum class Step : std::uint8_t { need_more, data, end, refused };

  BodyReader() = default;
  // More content than `limit` is refused.
  BodyReader(Framing framing, ByteCount limit);

  // Takes from the front of `input` what it can use at once. On Step::data `piece` is a part of the content, valid as
  // long as the input; on Step::end the body is over and what is left of the input belongs to the next message.
  Step read(std::string_view& input, std::string_view& piece);

  // The connection ended. True where the body may end so (already at its end, or framed until close).
  bool may_end_here() const { return phase_ == Phase::done || framing_.kind == Framing::Kind::until_close; }

  Refusal refusal() const { return refusal_; }
  // Field lines after the last chunk, already checked; empty where there were none. See parse_fields().
  std::string_view trailers() const { return trailers_; }

 private:
  enum class Phase : std::uint8_t {
    plain,       // length or until_close
    size_first,  // the first digit of a chunk size
    size,
    extension_space,  // white space between size and ';'
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer,
    done,
    refused,
  };

  Step refuse(Refusal why);
  Step read_plain(std::string_view& input, std::string_view& piece);
  Step read_data(std::string_view& input, std::string_view& piece);
  Step read_trailer(std::string_view& input);
  Refusal take_size_digit(char c);
  Refusal take_line_byte(char c);
  Step take_piece(std::string_view& input, std::string_view& piece, std::uint64_t most);

  Framing framing_;
  std::uint64_t limit_ = 0;
  std::uint64_t content_ = 0;
  std::uint64_t left_ = 0;  // of the length, or of the current chunk
  std::uint32_t line_ = 0;  // bytes of the current chunk line
  Phase phase_ = Phase::done;
  Refusal refusal_ = Refusal::none;
  HeadScan trailer_scan_;
  std::string trailers_;
};

}  // namespace locksmith::wire::http1
