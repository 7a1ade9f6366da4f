#include "emulator/fault_rules.h"

#include <array>
#include <variant>

#include "vocabulary/limits/emulator.h"

namespace locksmith::emulator {
namespace {

using wire::json::Value;

Result<const Fault*> known_fault(std::string_view name) {
  if (const Fault* fault = find_fault(name); fault != nullptr) return fault;
  const std::string nearest = nearest_fault(name);
  return fail(FailureCode("fault_unknown"), "There is no fault called \"" + std::string(name) + "\".",
              nearest.empty() ? "locksmith emulate --fault list"
                              : "Did you mean " + nearest + "? See: locksmith emulate --fault list",
              Blame::user);
}

std::unexpected<Failure> invalid(std::string message) {
  return fail(FailureCode("scenario_invalid"), std::move(message),
              "Each fault is an object such as {\"name\": \"key-invalid\", \"path\": \"/v1/messages\", \"times\": 1}.",
              Blame::user);
}

// A member that must be a whole number of at least zero where it is given. False: it is given and is none.
bool whole(Value value, std::optional<std::int64_t>& out) {
  if (!value) return true;
  out = value.as_integer();
  return out && *out >= 0 && *out <= 1'000'000'000;
}

Result<FaultRule> read_rule(Value value, std::size_t index) {
  constexpr std::array<std::string_view, 8> kMembers{"name", "path", "credential", "credential_sha256", "times", "delay_ms", "after_s", "for_s"};
  std::string unknown = unknown_member(value, "faults[" + std::to_string(index) + "]", kMembers);
  if (!unknown.empty()) return invalid(std::move(unknown));
  const auto name = value["name"].as_string();
  if (!name) return invalid("A fault has no \"name\".");
  const Result<const Fault*> fault = known_fault(*name);
  if (!fault) return std::unexpected(fault.error());
  FaultRule rule;
  rule.fault = *fault;
  rule.path = value["path"].string_or("");
  if (const auto credential = value["credential"].as_string()) rule.credential = wire::digest::sha256(*credential);
  if (const auto hex = value["credential_sha256"].as_string()) {
    rule.credential = wire::digest::from_hex(*hex);
    if (!rule.credential) return invalid("credential_sha256 is not 64 hexadecimal digits.");
  }
  std::optional<std::int64_t> times, delay, after, lasts;
  if (!whole(value["times"], times) || !whole(value["delay_ms"], delay) || !whole(value["after_s"], after) ||
      !whole(value["for_s"], lasts)) {
    return invalid("times, delay_ms, after_s and for_s are whole numbers of at least 0.");
  }
  if (times) rule.times = static_cast<std::uint64_t>(*times);
  if (delay) rule.delay = std::chrono::milliseconds(*delay);
  if (after) rule.after = std::chrono::seconds(*after);
  if (lasts) rule.lasts = std::chrono::seconds(*lasts);
  return rule;
}

int rank(const FaultRule& rule) { return (rule.credential ? 2 : 0) + (rule.path.empty() ? 0 : 1); }

}  // namespace

Result<FaultRule> parse_fault_argument(std::string_view text) {
  const std::size_t at = text.find('@');
  const Result<const Fault*> fault = known_fault(text.substr(0, at));
  if (!fault) return std::unexpected(fault.error());
  FaultRule rule;
  rule.fault = *fault;
  if (at != std::string_view::npos) rule.path = text.substr(at + 1);
  return rule;
}

Result<std::vector<FaultRule>> read_fault_rules(Value document) {
  if (document["faults"].kind() != wire::json::Kind::array) return invalid("There is no list \"faults\".");
  std::vector<FaultRule> rules;
  std::optional<Failure> failure;
  document["faults"].for_each_element([&](Value value) {
    if (failure) return;
    Result<FaultRule> rule = read_rule(value, rules.size());
    if (rule) {
      rules.push_back(std::move(*rule));
    } else {
      failure = std::move(rule.error());
    }
  });
  if (failure) return std::unexpected(std::move(*failure));
  return rules;
}

Result<std::monostate> FaultRules::add(std::vector<FaultRule> rules, Tick now) {
  if (rules_.size() + rules.size() > limits::kEmulatorFaults) {
    return fail(FailureCode("too_many_faults"), "More faults are set than the emulator keeps.",
                "Take some back: DELETE /_emulator/faults", Blame::user);
  }
  for (FaultRule& rule : rules) {
    rule.set_at = now;
    rules_.push_back(std::move(rule));
  }
  return std::monostate{};
}

bool applies_to(const Fault& fault, std::string_view path) {
  if (path.starts_with("/_emulator/")) return false;
  return fault.origin != FaultSource::api || fault.status == 0 || path.starts_with("/v1/");
}

const FaultRule* FaultRules::take(std::string_view path, const std::optional<wire::digest::Sha256>& credential,
                                  Tick now) {
  FaultRule* best = nullptr;
  for (FaultRule& rule : rules_) {
    const Tick begins = rule.set_at + rule.after;
    const bool timely = now >= begins && (!rule.lasts || now < begins + *rule.lasts);
    const bool meant = path.starts_with(rule.path) && (!rule.credential || rule.credential == credential);
    if (!timely || !meant || rule.times == 0U || !applies_to(*rule.fault, path)) continue;
    if (best == nullptr || rank(rule) > rank(*best)) best = &rule;
  }
  if (best != nullptr && best->times) --*best->times;
  return best;
}

}  // namespace locksmith::emulator
