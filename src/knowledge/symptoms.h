// What people see when a Claude app fails without saying why, and the tests that separate the causes:
// data/symptoms.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/failure.h"

namespace locksmith::knowledge {

struct IsolationStep {
  std::string attempt;              // what to try
  std::string if_it_helps;          // what it means when that helps
  std::vector<std::string> causes;  // names of causes that it then speaks for
};

struct Symptom {
  std::string name;  // "blank-page"
  std::string title;
  std::string means;
  std::vector<IsolationStep> steps;     // cheapest first
  std::vector<std::string> har_proves;  // what a HAR file of the failing page would show
  std::string wait_when;
  std::string write_when;  // to support, and with what
};

// In the order of the file; the embedded one where `json` is empty. Failure codes: json_invalid,
// data_file_invalid.
Result<std::vector<Symptom>> read_symptoms(std::string_view json = {});

}  // namespace locksmith::knowledge
