#include "emulator/fault.h"

#include <algorithm>
#include <array>
#include <utility>

#include "embedded/embedded.h"
#include "model/credential/credential.h"
#include "vocabulary/assert.h"
#include "vocabulary/text.h"
#include "wire/json/json.h"

namespace locksmith::emulator {
namespace {

using wire::json::Value;

constexpr std::array<std::pair<std::string_view, Transport>, 12> kTransports{{
    {"ordinary", Transport::ordinary},
    {"stall-before", Transport::stall_before},
    {"reset-before", Transport::reset_before},
    {"close-before", Transport::close_before},
    {"end-midway", Transport::end_midway},
    {"reset-midway", Transport::reset_midway},
    {"close-midway", Transport::close_midway},
    {"stall-midway", Transport::stall_midway},
    {"error-midway", Transport::error_midway},
    {"buffered", Transport::buffered},
    {"wrong-length", Transport::wrong_length},
    {"stripped", Transport::stripped},
}};

std::vector<Header> headers_of(Value object) {
  std::vector<Header> headers;
  object.for_each_member([&headers](std::string_view name, Value value) {
    headers.push_back({std::string(name), std::string(value.string_or(""))});
  });
  return headers;
}

FaultSource origin_of(std::string_view word) {
  return word == "edge" ? FaultSource::edge : word == "middle" ? FaultSource::middle : FaultSource::api;
}

Result<Fault> read_fault(Value value) {
  Fault fault;
  fault.name = value["name"].string_or("");
  fault.cause = value["cause"].string_or("");
  fault.shows = value["shows"].string_or("");
  fault.status = static_cast<int>(value["status"].as_integer().value_or(0));
  fault.origin = origin_of(value["origin"].string_or("api"));
  fault.type = value["type"].string_or("");
  fault.message = value["message"].string_or("");
  fault.code = value["code"].string_or("");
  fault.details = headers_of(value["details"]);
  fault.content_type = value["content_type"].string_or("");
  fault.body = value["body"].string_or("");
  fault.headers = headers_of(value["headers"]);
  fault.delay = std::chrono::milliseconds(value["delay_ms"].as_integer().value_or(0));
  fault.date_offset = std::chrono::seconds(value["date_offset_s"].as_integer().value_or(0));
  const std::string_view transport = value["transport"].string_or("ordinary");
  const auto* known = std::ranges::find(kTransports, transport, &decltype(kTransports)::value_type::first);
  const bool answers = fault.status == 0 || !fault.type.empty() || !fault.content_type.empty();
  if (fault.name.empty() || fault.cause.empty() || known == kTransports.end() || !answers) {
    return fail(FailureCode("data_invalid"), "The fault \"" + fault.name + "\" of the data is incomplete.", {},
                Blame::ours);
  }
  fault.transport = known->second;
  return fault;
}

}  // namespace

Result<std::vector<Fault>> read_faults(std::string_view json) {
  wire::json::Reader reader;
  const auto document = reader.parse(json);
  if (!document) return std::unexpected(document.error());
  std::vector<Fault> faults;
  std::optional<Failure> failure;
  (*document)["faults"].for_each_element([&](Value value) {
    Result<Fault> fault = read_fault(value);
    if (fault) {
      faults.push_back(std::move(*fault));
    } else if (!failure) {
      failure = fault.error();
    }
  });
  if (failure) return std::unexpected(std::move(*failure));
  return faults;
}

const std::vector<Fault>& built_in_faults() {
  static const std::vector<Fault> kFaults = [] {
    Result<std::vector<Fault>> faults = read_faults(embedded::find(embedded::data_files(), "faults.json"));
    LOCKSMITH_ASSERT(faults.has_value());
    return std::move(*faults);
  }();
  return kFaults;
}

const Fault* find_fault(std::string_view name) {
  const auto& faults = built_in_faults();
  const auto found = std::ranges::find(faults, name, &Fault::name);
  return found == faults.end() ? nullptr : &*found;
}

std::string nearest_fault(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Fault& fault : built_in_faults()) known.emplace_back(fault.name);
  return std::string(nearest(name, known));
}

std::string unknown_member(wire::json::Value object, std::string_view place, std::span<const std::string_view> known) {
  std::string mistake;
  object.for_each_member([&](std::string_view name, wire::json::Value) {
    if (!mistake.empty() || std::ranges::find(known, name) != known.end()) return;
    const std::string_view meant = nearest(name, known);
    mistake = std::string(place) + " has no member \"" + model::credential::redact(name) + "\"";
    mistake += meant.empty() ? "." : "; did you mean \"" + std::string(meant) + "\"?";
  });
  return mistake;
}

}  // namespace locksmith::emulator
