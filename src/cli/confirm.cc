#include "cli/confirm.h"

#include <algorithm>

#include "cli/ask_gateway.h"
#include "cli/gateway_mark.h"
#include "cli/serve_options.h"
#include "wire/json/json.h"
#include "world/loop.h"

namespace locksmith::cli {
namespace {

struct Asked {
  Confirmation confirmation;
  bool answered = false;   // by a gateway of this version
  bool knows_key = false;
};

std::string why_not(const wire::json::Value& seen, std::int64_t agree, std::int64_t workers) {
  if (const auto fault = seen["fault"].string_or(""); !fault.empty()) return std::string(fault);
  if (seen["state"].string_or("").empty()) return "it serves from another store, or its file was exchanged";
  if (agree != workers) return std::to_string(workers - agree) + " of its " + std::to_string(workers) + " workers did not take it over";
  return "it reads \"" + std::string(seen["state"].string_or("")) + "\" in its store";
}

Asked ask(const std::string& admin, std::string_view id, std::string_view state) {
  Asked asked{.confirmation = {.admin = admin, .confirmed = false, .workers = 0, .why_not = {}}};
  const auto answer = ask_gateway(admin, "/keys/" + std::string(id));
  if (!answer) {
    asked.confirmation.why_not = answer.error().code == FailureCode("admin_token_wanted") ? "it wants LOCKSMITH_ADMIN_TOKEN" : "nothing answers there";
    return asked;
  }
  wire::json::Reader reader;
  const auto seen = reader.parse(answer->body);
  if (!seen || (*seen)["schema"].string_or("") != "locksmith.key_seen/1") {
    asked.confirmation.why_not = "what answers there is no gateway of this version";
    return asked;
  }
  asked.answered = true;
  asked.knows_key = !(*seen)["state"].string_or("").empty();
  asked.confirmation.workers = (*seen)["workers"].as_integer().value_or(0);
  const std::int64_t agree = (*seen)["agree"].as_integer().value_or(0);
  asked.confirmation.confirmed = answer->status == 200 && (*seen)["state"].string_or("") == state && agree == asked.confirmation.workers;
  if (!asked.confirmation.confirmed) asked.confirmation.why_not = why_not(*seen, agree, asked.confirmation.workers);
  return asked;
}

// One that other machines reach speaks TLS under a name that its mark does not hold; it is asked by its configured address.
bool can_be_asked(const std::string& mark) {
  const auto address = world::parse_address(mark);
  return address && world::is_loopback(*address);
}

}  // namespace

bool Confirmations::all() const { return std::ranges::all_of(gateways, &Confirmation::confirmed); }

Confirmations ask_who_follows(const std::string& store, const std::string& admin, std::string_view id, std::string_view state) {
  Confirmations all;
  std::vector<std::string> marks = gateways_of(store);
  bool configured_confirmed = false;
  if (!admin.empty()) {
    all.gateways.push_back(ask(admin, id, state).confirmation);
    configured_confirmed = all.gateways.back().confirmed;
  } else if (const std::string usual = ServeOptions().admin; std::ranges::find(marks, usual) == marks.end()) {
    const Asked asked = ask(usual, id, state);
    if (asked.knows_key) all.gateways.push_back(asked.confirmation);
  }
  for (const std::string& mark : marks) {
    if (mark == admin) continue;
    if (can_be_asked(mark)) {
      all.gateways.push_back(ask(mark, id, state).confirmation);
    } else if (!configured_confirmed) {
      all.gateways.push_back({.admin = mark, .confirmed = false, .workers = 0, .why_not = "it speaks TLS; name it: --admin https://HOST:PORT"});
    }
  }
  return all;
}

}  // namespace locksmith::cli
