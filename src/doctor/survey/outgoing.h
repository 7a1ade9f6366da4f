// What a client would send: the URL and the headers of its request, or why it sends none. Pure.
//
// The request is GET /v1/models, the cheapest that carries the credential; a client's other requests differ
// in path and body only. For the two majors of the TypeScript SDK and for Claude Code all of this is compared
// with what they really send, by tests/clients.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/survey/request_url.h"
#include "doctor/survey/survey.h"
#include "model/evidence/evidence.h"
#include "vocabulary/secret.h"

namespace locksmith::doctor::survey {

struct OutgoingHeader {
  std::string name;   // in lower case
  Secret value;       // the bytes; empty where they are not known before (a helper's output, a fetched token)
  std::string shown;  // redacted: "Bearer <api-key>"
  std::string source;  // of the value: "env:ANTHROPIC_API_KEY"; empty: the client's own
  std::string broken;  // not empty: why the request cannot be written with it
};

enum class Refused : std::uint8_t {
  no,
  no_credential,
  profile,
  header,
  url,
  elsewhere,  // another provider is switched on: nothing goes to this address
  proxy,      // a proxy variable that the client does not start with
  settings,   // a broken file that the client does not start with
};
std::string_view name(Refused refused);  // "no-credential", …; of no: ""

struct Outgoing {
  std::string method = "GET";
  std::string url;  // redacted
  std::string base; // the base URL as the client reads it, redacted; empty: its own default
  std::string
      base_source;  // where its host comes from: "env:ANTHROPIC_BASE_URL", "profile:work", "default", …
  std::string token_url;  // not empty: a token is fetched there first; redacted
  std::vector<OutgoingHeader> headers;
  Refused refused = Refused::no;
  std::string why;  // of a refusal, for people

  const OutgoingHeader* header(std::string_view lower_case_name) const;
  model::evidence::Fields shown_headers() const;
};

// The lines of ANTHROPIC_CUSTOM_HEADERS, split at the first colon; of a name that is written twice in the same way, the last
// value, in the first one's place. A line without a colon is left out.
std::vector<std::pair<std::string, std::string>> custom_header_lines(std::string_view text);

// The URL that the client asks for a path of the API: the base's own query and path included, as it joins them.
RequestUrl url_for(const Survey& survey, const std::optional<std::string>& base_argument, std::string_view path);

// `base_argument` stands for a base URL given in code: it goes before all others.
Outgoing compose(const Survey& survey, const std::optional<std::string>& base_argument = {});

}  // namespace locksmith::doctor::survey
