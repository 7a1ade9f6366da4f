// Every way in which the gateway itself says no, in one table: the code that programs read, the status and the API's own
// error type, the cause that the doctor knows, whether a retry can help, the sentence and the next step.
//
// The codes are stable: programs and dashboards read them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/diagnosis/cause_name.h"
#include "vocabulary/instant.h"

namespace locksmith::gateway {

enum class Why : std::uint8_t {
  none,
  // admit
  head_refused,
  credential_in_connection,
  key_elsewhere,
  path_ambiguous,
  method_unsupported,
  body_coding_unknown,
  // authenticate
  credential_missing,
  credentials_differ,
  credential_unsendable,
  provider_key,
  key_foreign,
  key_cut,
  key_damaged,
  key_unknown,
  key_suspended,
  key_revoked,
  key_expired,
  // authorize
  admin_path,
  endpoint_unknown,
  endpoint_doubled_v1,
  endpoint_openai_style,
  endpoint_method,
  model_not_allowed,
  body_not_json,
  member_repeated,
  member_wrong,
  cost_unbounded,
  body_too_large,
  body_memory,
  body_too_slow,
  // reserve
  rate,
  concurrency,
  budget_held,
  budget_spent,
  // forward
  upstream_unresolved,
  upstream_unreachable,
  upstream_resting,
  upstream_proxy,
  upstream_tls,
  upstream_closed,
  upstream_garbled,
  upstream_silent,
  stream_cut,
  budget_cut,
  draining,
};

struct RefusalRow {
  Why why;
  std::string_view code;      // error.details.error_code
  int status;
  std::string_view type;      // error.type, one of the API's own
  model::diagnosis::CauseName cause;
  enum class Retry : std::uint8_t {
    helps,
    wanted,   // and x-should-retry says so, because clients take the status for final
    useless,
  } retry;
  std::string_view sentence;
  std::string_view next_step;
};

std::span<const RefusalRow> refusal_rows();
const RefusalRow& row_of(Why why);

// The body of an answer, and the same as an event of a stream. `detail` (may be empty) is added to the sentence in
// parentheses; it never holds bytes of a credential.
void append_error_body(std::string& out, const RefusalRow& row, std::string_view detail);

}  // namespace locksmith::gateway
