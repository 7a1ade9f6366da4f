#include "wire/http1/refusal.h"

namespace locksmith::wire::http1 {

std::string_view to_words(Refusal refusal) {
  switch (refusal) {
    case Refusal::none:
      return "nothing is wrong";
    case Refusal::bare_line_feed:
      return "a line ends with LF alone";
    case Refusal::bare_carriage_return:
      return "a CR stands without its LF";
    case Refusal::start_line_malformed:
      return "the first line is not METHOD SP TARGET SP VERSION or VERSION SP STATUS SP REASON";
    case Refusal::start_line_too_long:
      return "the first line is too long";
    case Refusal::method_malformed:
      return "the method holds a byte that is no token character";
    case Refusal::method_too_long:
      return "the method is too long";
    case Refusal::target_malformed:
      return "the request target has none of the four allowed forms";
    case Refusal::version_malformed:
      return "the protocol version is not HTTP/DIGIT.DIGIT";
    case Refusal::version_unsupported:
      return "the protocol's major version is not 1";
    case Refusal::status_malformed:
      return "the status is not three digits from 100 to 599";
    case Refusal::head_too_large:
      return "the head is too large";
    case Refusal::too_many_fields:
      return "the head has too many fields";
    case Refusal::field_without_colon:
      return "a field line has no colon";
    case Refusal::field_name_malformed:
      return "a field name is empty or holds a byte that is no token character";
    case Refusal::field_value_control_byte:
      return "a field value holds a control byte";
    case Refusal::folded_field:
      return "a field continues on the next line (obsolete line folding)";
    case Refusal::host_missing:
      return "an HTTP/1.1 request has no Host field";
    case Refusal::host_repeated:
      return "the Host field is repeated";
    case Refusal::host_malformed:
      return "the Host field is not a host with an optional port";
    case Refusal::length_malformed:
      return "Content-Length is not a number";
    case Refusal::length_repeated:
      return "Content-Length is repeated";
    case Refusal::length_too_large:
      return "Content-Length is larger than what is accepted here";
    case Refusal::length_with_transfer_coding:
      return "Content-Length and Transfer-Encoding stand in one message";
    case Refusal::transfer_coding_repeated:
      return "Transfer-Encoding is repeated";
    case Refusal::transfer_coding_unknown:
      return "Transfer-Encoding is anything but one final chunked";
    case Refusal::transfer_coding_in_http10:
      return "Transfer-Encoding stands in an HTTP/1.0 message";
    case Refusal::expectation_unknown:
      return "Expect is anything but 100-continue";
    case Refusal::upgrade_unexpected:
      return "the server switches protocols although nobody asked";
    case Refusal::chunk_size_malformed:
      return "a chunk size is not a hexadecimal number";
    case Refusal::chunk_size_too_large:
      return "a chunk size does not fit 64 bits";
    case Refusal::chunk_line_too_long:
      return "a chunk's size line is too long";
    case Refusal::chunk_data_end_malformed:
      return "a chunk's data does not end with CR LF";
    case Refusal::trailers_too_large:
      return "the trailer section is too large";
    case Refusal::body_too_large:
      return "the body is larger than what is accepted here";
    case Refusal::ended_early:
      return "the connection ended before the message did";
  }
  return "unknown";
}

int status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::start_line_too_long:
      return 414;
    case Refusal::head_too_large:
    case Refusal::too_many_fields:
    case Refusal::trailers_too_large:
      return 431;
    case Refusal::method_too_long:
    case Refusal::transfer_coding_unknown:
      return 501;
    case Refusal::version_unsupported:
      return 505;
    case Refusal::length_too_large:
    case Refusal::body_too_large:
      return 413;
    case Refusal::expectation_unknown:
      return 417;
    default:
      return 400;
  }
}

}  // namespace locksmith::wire::http1
