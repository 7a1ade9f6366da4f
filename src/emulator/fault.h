// Every fault that the emulator knows: the table data/faults.json as values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/answer.h"
#include "vocabulary/failure.h"
#include "wire/json/json.h"

namespace locksmith::emulator {

// Who seems to answer: the API itself, Cloudflare before it, or somebody in between.
enum class FaultSource { api, edge, middle };

struct Fault {
  std::string name;
  std::string cause;   // the label that a diagnosis should give (evidence document)
  std::string shows;   // half a sentence for people
  int status = 0;      // 0: the ordinary answer, changed in its transport only
  FaultSource origin = FaultSource::api;
  std::string type;    // of the API's envelope
  std::string message;
  std::string code;    // details.error_code
  std::vector<Header> details;  // further members of details
  std::string content_type;
  std::string body;    // instead of the envelope
  std::vector<Header> headers;
  Transport transport = Transport::ordinary;
  Duration delay{};
  Duration date_offset{};
};

// Failure codes: data_invalid.
Result<std::vector<Fault>> read_faults(std::string_view json);
// The table that travels in the binary.
const std::vector<Fault>& built_in_faults();
const Fault* find_fault(std::string_view name);
// The known name nearest to a mistyped one; empty where none is near.
std::string nearest_fault(std::string_view name);
// What is wrong with an object of a scenario that has a member beside `known`, and which one was most likely meant; empty where
// nothing is. A mistyped member would silently not do what it was written for.
std::string unknown_member(wire::json::Value object, std::string_view place, std::span<const std::string_view> known);

}  // namespace locksmith::emulator
