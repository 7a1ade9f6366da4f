// Step 1: the raw request is bounded and of one meaning, or it goes no further.
#pragma once

#include <string_view>

#include "gateway/endpoint.h"
#include "gateway/refusal.h"
#include "wire/http1/body.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

// What one pass over the head's fields shows. Views into the head.
struct Admitted {
  const EndpointRow* endpoint = nullptr;
  wire::http1::Framing framing;
  std::string_view own_key;          // a credential of the form of ours, of x-api-key or a Bearer token
  std::string_view foreign;          // one of any other form: it says why there is no access, and never goes further
  std::string_view session;          // x-claude-code-session-id: requests that share a prompt cache
  std::string_view api_key, authorization;  // the fields, as they came
  bool credentials_differ = false;   // two of ours, or one field twice: which one is meant is not ours to guess
  bool no_bearer = false;            // an Authorization field without a Bearer token
  bool connection_names_fields = false;  // beside close and keep-alive
  bool keep_alive = true;            // what the client wants
  bool asked_to_close = false;
  bool http10 = false;
  bool head_method = false;
  bool repeatable = false;           // GET and HEAD: executing it twice does no harm (RFC 9110 section 9.2.2)
  bool expects_continue = false;
  bool gzip = false;                 // of the body
  bool method_fits = false;          // the endpoint can be asked by this method
  bool unknown_coding = false;       // of the body
};

struct Admission {
  Why why = Why::none;
  wire::http1::Refusal refusal = wire::http1::Refusal::none;  // of Why::head_refused
};

// Pure; allocates nothing.
// `framing` is framing_of(head).
Admission admit(const wire::http1::RequestHead& head, const wire::http1::Framing& framing, Admitted& out);

}  // namespace locksmith::gateway
