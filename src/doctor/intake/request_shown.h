// What may be kept of a request that somebody pasted or recorded: its address and its header fields, with
// every credential described by its kind instead of shown, and each credential as an entry of the evidence.
#pragma once

#include <string>
#include <string_view>

#include "model/evidence/evidence.h"

namespace locksmith::doctor::intake {

// The address without user, password and the values of query parameters that may be secret.
std::string shown_url(std::string_view url);

// The host in lower case, without port; empty where there is none. A scheme is not needed.
std::string host_of(std::string_view url);
std::string path_of(std::string_view url);

// Where a credential header's value came from.
struct ValueOrigin {
  std::string source = "code";  // as in the evidence document
  std::string state;            // where the value itself is not there: "" is not known, "unset"
  std::string variable;         // the name where the value is a variable that is not expanded here
  std::string note;
};

// Adds the field to the request. A credential is examined, put into `evidence.credentials`, and stands in the
// field as its kind: "Bearer <api-key>". Cookies and what else may be secret stand as <cookie> and
// <credential>.
void keep_header(model::evidence::Evidence& evidence, std::string_view name, std::string_view value,
                 const ValueOrigin& origin);

// A value as a credential of the evidence: its kind, its flaws and its length, nothing of itself but a tail of four characters.
model::evidence::Credential describe(std::string_view value, const ValueOrigin& origin);

void observe(model::evidence::Evidence& evidence, std::string_view fact);  // once

}  // namespace locksmith::doctor::intake
