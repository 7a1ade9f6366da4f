// A batch names where its results are, with the API's host in the address. A client that follows it would go straight to the API, with its
// virtual key. So that one member, results_url, is made an address of the gateway's, as the client asked for it; every other byte stays.
#pragma once

#include <string>
#include <string_view>

#include "gateway/asking.h"
#include "wire/http1/head.h"

namespace locksmith::gateway {

// Is this answer one to hold until its addresses are the gateway's own? A JSON document, uncompressed, of an endpoint that names some.
bool names_urls(const wire::http1::ResponseHead& head, const Asking& asking);

// "https://gateway.example:8787", as the client asked for it: Host, and https where it came over TLS or where a server before the gateway
// says so (x-forwarded-proto).
std::string own_origin(const wire::http1::RequestHead& head, bool over_tls);

// Puts `origin` in the place of scheme, host and `prefix` (the path of upstream's base URL) of every results_url that is an absolute
// address of a batch. How many there were.
std::size_t make_urls_own(std::string& body, std::string_view origin, std::string_view prefix);

// The head, as text, with another content-length.
void set_length(std::string& head, std::size_t length);

}  // namespace locksmith::gateway
