// Why a message is refused. RFC 9112 lets a recipient repair several of these; we never do, because two recipients that
// repair differently are how requests are smuggled past one of them.
#pragma once

#include <cstdint>
#include <string_view>

namespace locksmith::wire::http1 {

enum class Refusal : std::uint8_t {
  none,
  bare_line_feed,
  bare_carriage_return,
  start_line_malformed,
  start_line_too_long,
  method_malformed,
  method_too_long,
  target_malformed,
  version_malformed,
  version_unsupported,
  status_malformed,
  head_too_large,
  too_many_fields,
  field_without_colon,
  field_name_malformed,
  field_value_control_byte,
  folded_field,
  host_missing,
  host_repeated,
  host_malformed,
  length_malformed,
  length_repeated,
  length_too_large,
  length_with_transfer_coding,
  transfer_coding_repeated,
  transfer_coding_unknown,
  transfer_coding_in_http10,
  expectation_unknown,
  upgrade_unexpected,
  chunk_size_malformed,
  chunk_size_too_large,
  chunk_line_too_long,
  chunk_data_end_malformed,
  trailers_too_large,
  body_too_large,
  ended_early,
};

// One sentence for people; never holds bytes of the message.
std::string_view to_words(Refusal refusal);

// The status that a server answers with (it closes the connection afterwards): 400, 413, 414, 417, 431, 501 or 505.
int status_of(Refusal refusal);

}  // namespace locksmith::wire::http1
