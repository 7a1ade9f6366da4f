// Step 6: the request as it goes upstream. Changed are the credential, Host, the fields of this hop, Origin, and, where the
// answer is billed, the codings that the meter can read; every other field and every byte of the body stays.
#pragma once

#include <string>
#include <string_view>

#include "gateway/admit.h"
#include "gateway/settings.h"
#include "upstream/pool.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

// Appends the request line and the fields that do not depend on the credential and the body. No empty line yet.
void append_request_head(std::string& out, const wire::http1::RequestHead& head, const Admitted& request,
                         const upstream::Pool& pool);

// Appends the credential's field. `begin` and `size` say where the secret bytes lie, so that they can be wiped.
struct Written {
  std::size_t begin = 0;
  std::size_t size = 0;
};
Written append_credential(std::string& out, const UpstreamCredential& credential);

// Appends Content-Length or Transfer-Encoding, and the empty line.
void append_length(std::string& out, std::uint64_t length);
void append_chunked(std::string& out);
void append_no_body(std::string& out);

}  // namespace locksmith::gateway
