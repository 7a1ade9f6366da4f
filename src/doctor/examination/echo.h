// What a request looked like when it left, beside what it looked like when it arrived: which headers an intermediary takes
// away, adds, renames or changes. The far end is our emulator, behind the gateway that is in question; it tells what it
// received (docs/emulator.md). Pure; the requests are the examination's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "upstream/exchange.h"

namespace locksmith::doctor::examination {

// A header field by its digest, so that a credential can be compared without being shown.
struct FieldPrint {
  std::string name;    // in lower case
  std::string value;   // empty where it may be a secret
  std::string sha256;  // of the value
};

// What a plan would send, without what an HTTP library adds for the connection itself.
std::vector<FieldPrint> prints_of(const upstream::Plan& plan);
// SHA-256 of a value, as `sha256` members have it.
std::string print_of(std::string_view value);

struct Arrived {
  std::string method, path;
  std::vector<FieldPrint> fields;
};

// The emulator's document of what it received (locksmith.emulator-requests/1). nullopt where it is no such document.
struct Received {
  std::int64_t last = 0;  // the highest number
  std::vector<std::pair<std::int64_t, Arrived>> requests;
};
std::optional<Received> read_received(std::string_view json);

// The first request after number `after` that is the one that was sent: its method, and a path with that last word.
const Arrived* find_arrived(const Received& received, std::int64_t after, std::string_view method, std::string_view last_word);

struct Changes {
  std::vector<std::string> sentences;     // "x-api-key is removed", one each; empty where nothing is changed that matters
  std::vector<std::string> observations;  // gateway.drops-header, …
};
// `values`: the credential's own digests by the form in which it may stand: "x-api-key", "authorization".
Changes compare_fields(const std::vector<FieldPrint>& sent, std::string_view sent_path, const Arrived& arrived,
                       const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace locksmith::doctor::examination
