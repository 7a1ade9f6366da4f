// The evidence document: every fact that bears on one failure, and nothing that is already a conclusion.
//
// The form is documented in docs/evidence.md. Every member is optional; absent means "not known", never "no". Secrets never
// stand in it: a credential is described by shape, flaws, length and at most a four-character tail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace locksmith::model::evidence {

using Fields = std::vector<std::pair<std::string, std::string>>;  // header fields: name as given, value

// Value of the first field of that name (case-insensitive), or nullptr.
const std::string* find_field(const Fields& fields, std::string_view name);

struct Client {
  std::string name;
  std::string version;
};

struct Error {
  std::optional<int> status;  // of the HTTP answer
  std::string type;           // error.type of the API's envelope
  std::string code;           // error.details.error_code
  std::string text;           // as the client or the log printed it
  std::string transport;      // the system's or the client's word: ECONNRESET, CERTIFICATE_VERIFY_FAILED, …
  std::string body;           // json | html | text | empty
  Fields headers;             // of the answer
};

struct Request {
  std::string method;
  std::string url;
  Fields headers;  // credentials as <kind>
  bool headers_known = false;
  std::string model;
  std::optional<std::int64_t> body_bytes;
};

struct Credential {
  std::string source;                       // "env:ANTHROPIC_API_KEY", "dotenv:.env", "file:PATH", …
  std::string state;                        // set | empty | unset | unreadable
  std::string shape;                        // credential::name(Shape), "other-provider:NAME"
  std::vector<std::string> flaws;           // credential::name(Flaw)
  std::optional<std::int64_t> length;       // bytes
  std::optional<std::int64_t> expires_in_s; // negative: in the past
  std::optional<bool> used;                 // the one that the client sends
  std::string tail;                         // at most 4 characters
  std::string note;                         // "line 12", "shadowed by …": for people, decides nothing
};

struct Settings {
  std::optional<std::string> base_url;
  std::string provider;
  std::string gateway;
  std::string proxy;
  std::string ca_bundle;
  std::string workspace_id;     // set | blank | unset
  std::string organization_id;  // set | unset
  // Where a variable that counts is set, by its name: "env:NAME", "file:PATH", "dotenv:PATH", "unit NAME"; "file": a file of the
  // client that is damaged. For remedies, which are made for a place; decides nothing.
  std::vector<std::pair<std::string, std::string>> places;
};

struct Stream {
  std::optional<double> ended_after_s;
  std::optional<bool> message_stop;
};

struct Evidence {
  std::string id;
  Client client;
  std::string os;  // linux | macos | windows
  Error error;
  Request request;
  std::vector<Credential> credentials;
  Settings settings;
  std::optional<Stream> stream;
  std::optional<double> clock_skew_s;  // this machine minus the API's Date header
  std::vector<std::string> observations;
};

}  // namespace locksmith::model::evidence
