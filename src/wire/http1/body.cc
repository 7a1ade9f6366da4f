#include "wire/http1/body.h"

#include <algorithm>
#include <limits>

#include "vocabulary/limits/http.h"
#include "wire/http1/characters.h"

namespace locksmith::wire::http1 {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

Framing refused(Refusal why) { return {Framing::Kind::none, 0, why}; }

Framing length_framing(std::string_view text) {
  if (text.empty() || !all(text, kDigit)) return refused(Refusal::length_malformed);
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    // Lengths beyond the signed range are refused as well: what forwards them may be signed.
    if (value > (kMost / 2 - digit) / 10) return refused(Refusal::length_too_large);
    value = value * 10 + digit;
  }
  return {value == 0 ? Framing::Kind::none : Framing::Kind::length, value, Refusal::none};
}

// What both directions share. Kind::none with no refusal: the message does not say.
struct Declared {
  bool said = false;
  Framing framing;
};

Declared declared_framing(const Fields& fields, Version version) {
  std::string_view length;
  std::string_view coding;
  std::size_t lengths = 0;
  std::size_t codings = 0;
  for (const Field& field : fields) {
    if (same_name(field.name, "content-length")) {
      ++lengths;
      length = field.value;
    } else if (same_name(field.name, "transfer-encoding")) {
      ++codings;
      coding = field.value;
    }
  }
  if (lengths == 0 && codings == 0) return {};
  const auto refuse = [](Refusal why) { return Declared{true, refused(why)}; };
  if (lengths > 0 && codings > 0) return refuse(Refusal::length_with_transfer_coding);
  if (lengths > 1) return refuse(Refusal::length_repeated);
  if (codings > 1) return refuse(Refusal::transfer_coding_repeated);
  if (lengths == 1) return {true, length_framing(length)};
  if (version.minor == 0) return refuse(Refusal::transfer_coding_in_http10);
  if (!same_name(coding, "chunked")) return refuse(Refusal::transfer_coding_unknown);
  return {true, {Framing::Kind::chunked, 0, Refusal::none}};
}

}  // namespace

Framing framing_of(const RequestHead& head) {
  const Declared declared = declared_framing(head.fields, head.version);
  if (declared.framing.refusal != Refusal::none) return declared.framing;
  // An expectation in other letters would be understood by one server in a chain and not by the next.
  const auto expect = head.fields.find("expect");
  if (expect && !same_name(*expect, "100-continue")) return refused(Refusal::expectation_unknown);
  return declared.framing;
}

Framing framing_of(const ResponseHead& head, std::string_view request_method) {
  if (head.status == 101) return refused(Refusal::upgrade_unexpected);
  const bool no_body = head.status < 200 || head.status == 204 || head.status == 304 || request_method == "HEAD" ||
                       (request_method == "CONNECT" && head.status < 300);
  if (no_body) return {};
  const Declared declared = declared_framing(head.fields, head.version);
  if (declared.said) return declared.framing;
  return {Framing::Kind::until_close, 0, Refusal::none};
}

BodyReader::BodyReader(Framing framing, ByteCount limit) : framing_(framing), limit_(limit.value) {
  switch (framing.kind) {
    case Framing::Kind::none:
      phase_ = Phase::done;
      break;
    case Framing::Kind::length:
      left_ = framing.length;
      phase_ = Phase::plain;
      break;
    case Framing::Kind::until_close:
      left_ = kMost;
      phase_ = Phase::plain;
      break;
    case Framing::Kind::chunked:
      phase_ = Phase::size_first;
      break;
  }
  if (framing.refusal != Refusal::none) {
    refuse(framing.refusal);
  } else if (framing.kind == Framing::Kind::length && framing.length > limit_) {
    refuse(Refusal::length_too_large);
  }
}

BodyReader::Step BodyReader::refuse(Refusal why) {
  refusal_ = why;
  phase_ = Phase::refused;
  return Step::refused;
}

BodyReader::Step BodyReader::take_piece(std::string_view& input, std::string_view& piece, std::uint64_t most) {
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), most));
  if (size > limit_ - content_) return refuse(Refusal::body_too_large);
  piece = input.substr(0, size);
  input.remove_prefix(size);
  content_ += size;
  return Step::data;
}

BodyReader::Step BodyReader::read_plain(std::string_view& input, std::string_view& piece) {
  if (left_ == 0) {
    phase_ = Phase::done;
    return Step::end;
  }
  if (input.empty()) return Step::need_more;
  const Step step = take_piece(input, piece, left_);
  if (step == Step::data && framing_.kind == Framing::Kind::length) left_ -= piece.size();
  return step;
}

BodyReader::Step BodyReader::read_data(std::string_view& input, std::string_view& piece) {
  const Step step = take_piece(input, piece, left_);
  if (step == Step::data) {
    left_ -= piece.size();
    if (left_ == 0) phase_ = Phase::data_cr;
  }
  return step;
}

BodyReader::Step BodyReader::read_trailer(std::string_view& input) {
  // Nearly every message ends with the bare CR LF, seen here without a copy.
  if (trailers_.empty() && input.starts_with("\r\n")) {
    input.remove_prefix(2);
    phase_ = Phase::done;
    return Step::end;
  }
  while (!input.empty()) {
    const char c = input.front();
    input.remove_prefix(1);
    if (trailers_.size() >= limits::kTrailerBytes) return refuse(Refusal::trailers_too_large);
    if (c != '\n' && trailers_.ends_with('\r')) return refuse(Refusal::bare_carriage_return);
    if (c == '\n' && !trailers_.ends_with('\r')) return refuse(Refusal::bare_line_feed);
    trailers_ += c;
    if (c != '\n') continue;
    if (trailers_ == "\r\n" || trailers_.ends_with("\n\r\n")) {
      trailers_.resize(trailers_.size() - 2);
      Fields fields;
      const Refusal refusal = parse_fields(trailers_, fields);
      if (refusal != Refusal::none) return refuse(refusal);
      phase_ = Phase::done;
      return Step::end;
    }
  }
  return Step::need_more;
}

Refusal BodyReader::take_size_digit(char c) {
  const std::uint64_t digit = c <= '9' ? static_cast<std::uint64_t>(c - '0')
                                       : static_cast<std::uint64_t>((c | 0x20) - 'a' + 10);
  if (left_ > (kMost >> 5)) return Refusal::chunk_size_too_large;
  left_ = left_ << 4 | digit;
  return Refusal::none;
}

// One byte of a chunk's line or of the CR LF after its data.
Refusal BodyReader::take_line_byte(char c) {
  switch (phase_) {
    case Phase::size_first:
      line_ = 0;
      left_ = 0;
      if (!is(c, kHex)) return Refusal::chunk_size_malformed;
      phase_ = Phase::size;
      return take_size_digit(c);
    case Phase::size:
      if (is(c, kHex)) return take_size_digit(c);
      phase_ = c == ' ' || c == '\t' ? Phase::extension_space : c == ';' ? Phase::extension : Phase::size_lf;
      return c == ' ' || c == '\t' || c == ';' || c == '\r' ? Refusal::none : Refusal::chunk_size_malformed;
    case Phase::extension_space:
      if (c == ' ' || c == '\t') return Refusal::none;
      phase_ = Phase::extension;
      return c == ';' ? Refusal::none : Refusal::chunk_size_malformed;
    case Phase::extension:
      if (c == '\r') {
        phase_ = Phase::size_lf;
        return Refusal::none;
      }
      if (c == '\n') return Refusal::bare_line_feed;
      return is(c, kValue) ? Refusal::none : Refusal::chunk_size_malformed;
    case Phase::size_lf:
      if (c != '\n') return Refusal::bare_carriage_return;
      phase_ = left_ == 0 ? Phase::trailer : Phase::data;
      return Refusal::none;
    case Phase::data_cr:
      phase_ = Phase::data_lf;
      return c == '\r' ? Refusal::none : Refusal::chunk_data_end_malformed;
    case Phase::data_lf:
      phase_ = Phase::size_first;
      return c == '\n' ? Refusal::none : Refusal::chunk_data_end_malformed;
    default:
      return Refusal::none;
  }
}

BodyReader::Step BodyReader::read(std::string_view& input, std::string_view& piece) {
  for (;;) {
    switch (phase_) {
      case Phase::done:
        return Step::end;
      case Phase::refused:
        return Step::refused;
      case Phase::plain:
        return read_plain(input, piece);
      case Phase::data:
        return input.empty() ? Step::need_more : read_data(input, piece);
      case Phase::trailer:
        return input.empty() ? Step::need_more : read_trailer(input);
      default:
        break;
    }
    if (input.empty()) return Step::need_more;
    const char c = input.front();
    input.remove_prefix(1);
    if (const Refusal refusal = take_line_byte(c); refusal != Refusal::none) return refuse(refusal);
    if (++line_ > limits::kChunkLine) return refuse(Refusal::chunk_line_too_long);
  }
}

}  // namespace locksmith::wire::http1
