#include "doctor/examination/echo.h"

#include <algorithm>
#include <array>

#include "model/credential/credential.h"
#include "vocabulary/text.h"
#include "wire/digest/sha256.h"
#include "wire/json/json.h"

namespace locksmith::doctor::examination {
namespace {

// Of the connection, not of the request: each hop has its own (RFC 9110 §7.6.1), as it has its own Host.
constexpr std::array<std::string_view, 8> kOfTheHop{"connection", "keep-alive", "te", "transfer-encoding", "content-length", "host", "upgrade", "proxy-connection"};
// What gateways add for the far end to know where a request came from: ordinary, and told of only for people.
constexpr std::array<std::string_view, 4> kOfTheWay{"via", "forwarded", "x-real-ip", "accept-encoding"};
// Without one of these, or with another value in it, the API answers differently.
constexpr std::array<std::string_view, 6> kDecides{"x-api-key", "authorization", "anthropic-version", "anthropic-beta", "content-type", "anthropic-workspace-id"};

bool stands_in(std::string_view name, const auto& names) { return std::ranges::find(names, name) != names.end(); }
bool is_credential(std::string_view name) { return name == "x-api-key" || name == "authorization"; }

const FieldPrint* find(const std::vector<FieldPrint>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &FieldPrint::name);
  return found == fields.end() ? nullptr : &*found;
}

std::string shown(const FieldPrint& field) {
  constexpr std::size_t kDigits = 12;  // enough to tell two values apart by eye
  return field.value.empty() ? "sha256 " + field.sha256.substr(0, kDigits) + "…" : "\"" + field.value + "\"";
}

class Comparer {
 public:
  Comparer(const std::vector<FieldPrint>& sent, const std::vector<FieldPrint>& arrived, const std::vector<std::pair<std::string, std::string>>& values)
      : sent_(sent), arrived_(arrived), values_(values) {}

  Changes run() {
    for (const FieldPrint& field : sent_) {
      if (stands_in(field.name, kOfTheHop)) continue;
      const FieldPrint* there = find(arrived_, field.name);
      if (there == nullptr) {
        lost(field);
      } else if (there->sha256 != field.sha256) {
        changed(field, *there);
      }
    }
    for (const FieldPrint& field : arrived_) {
      if (stands_in(field.name, kOfTheHop) || find(sent_, field.name) != nullptr || renamed_to_ == field.name) continue;
      const bool ordinary = stands_in(field.name, kOfTheWay) || field.name.starts_with("x-forwarded-");
      say(field.name + " is added" + (ordinary ? "" : ": " + shown(field)));
      if (stands_in(field.name, kDecides)) note("gateway.adds-header");
    }
    return std::move(changes_);
  }

 private:
  // A credential that stands in another header, with or without the word Bearer, has been renamed and not lost.
  void lost(const FieldPrint& field) {
    if (is_credential(field.name)) {
      for (const auto& [name, digest] : values_) {
        const FieldPrint* there = find(arrived_, name);
        if (there == nullptr || there->sha256 != digest || name == field.name || find(sent_, name) != nullptr) continue;
        say(field.name + " arrives as " + name);
        renamed_to_ = name;
        note("gateway.drops-header");
        note("gateway.adds-header");
        return;
      }
    }
    say(field.name + " is removed");
    if (stands_in(field.name, kDecides)) note("gateway.drops-header");
  }

  void changed(const FieldPrint& field, const FieldPrint& there) {
    say(field.name + " is changed from " + shown(field) + " to " + shown(there));
    if (is_credential(field.name)) return note("gateway.default-key");
    if (!stands_in(field.name, kDecides)) return;
    note("gateway.drops-header");
    note("gateway.adds-header");
  }

  void say(std::string sentence) { changes_.sentences.push_back(std::move(sentence)); }
  void note(std::string_view observation) {
    auto& all = changes_.observations;
    if (std::ranges::find(all, observation) == all.end()) all.emplace_back(observation);
  }

  const std::vector<FieldPrint>& sent_;
  const std::vector<FieldPrint>& arrived_;
  const std::vector<std::pair<std::string, std::string>>& values_;
  std::string renamed_to_;
  Changes changes_;
};

}  // namespace

std::string print_of(std::string_view value) { return wire::digest::to_hex(wire::digest::sha256(value)); }

std::vector<FieldPrint> prints_of(const upstream::Plan& plan) {
  std::vector<FieldPrint> out;
  for (const auto& [name, value] : plan.headers) out.push_back({lower_case(name), model::credential::redact(value), print_of(value)});
  for (const auto& [name, value] : plan.credentials) {
    // The client's own headers come this way too; only those that never hold a secret are shown.
    const bool plain = name == "anthropic-version" || name == "anthropic-beta";
    out.push_back({lower_case(name), plain ? model::credential::redact(value.reveal()) : "", print_of(value.reveal())});
  }
  return out;
}

std::optional<Received> read_received(std::string_view json) {
  wire::json::Reader reader;
  const auto root = reader.parse(json);
  if (!root || (*root)["schema"].as_string() != "locksmith.emulator-requests/1") return std::nullopt;
  Received received;
  (*root)["requests"].for_each_element([&](wire::json::Value request) {
    const std::int64_t number = request["number"].as_integer().value_or(0);
    received.last = std::max(received.last, number);
    Arrived arrived{std::string(request["method"].string_or("")), std::string(request["path"].string_or("")), {}};
    request["fields"].for_each_element([&](wire::json::Value field) {
      FieldPrint print{lower_case(field["name"].string_or("")), std::string(field["value"].string_or("")), std::string(field["sha256"].string_or(""))};
      if (print.sha256.empty()) print.sha256 = print_of(print.value);
      arrived.fields.push_back(std::move(print));
    });
    received.requests.emplace_back(number, std::move(arrived));
  });
  return received;
}

const Arrived* find_arrived(const Received& received, std::int64_t after, std::string_view method, std::string_view last_word) {
  for (const auto& [number, arrived] : received.requests) {
    if (number > after && arrived.method == method && arrived.path.ends_with(last_word)) return &arrived;
  }
  return nullptr;
}

Changes compare_fields(const std::vector<FieldPrint>& sent, std::string_view sent_path, const Arrived& arrived,
                       const std::vector<std::pair<std::string, std::string>>& values) {
  Changes changes = Comparer(sent, arrived.fields, values).run();
  if (arrived.path != sent_path) {
    changes.sentences.push_back("the path arrives as " + arrived.path);
    changes.observations.emplace_back("gateway.rewrites-path");
  }
  return changes;
}

}  // namespace locksmith::doctor::examination
