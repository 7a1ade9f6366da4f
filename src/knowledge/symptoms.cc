#include "knowledge/symptoms.h"

#include "embedded/embedded.h"
#include "model/diagnosis/cause.h"
#include "wire/json/json.h"

namespace locksmith::knowledge {
namespace {

using wire::json::Value;

std::unexpected<Failure> invalid(std::string message) {
  return fail(FailureCode("data_file_invalid"), "The symptoms file cannot be used: " + message,
              "Compare it with data/symptoms.json of the source, or leave it out.", Blame::user);
}

std::vector<std::string> texts(Value list) {
  std::vector<std::string> out;
  list.for_each_element([&](Value element) { out.emplace_back(element.string_or("")); });
  return out;
}

Symptom read_symptom(Value object) {
  Symptom symptom;
  symptom.name = object["name"].string_or("");
  symptom.title = object["title"].string_or("");
  symptom.means = object["means"].string_or("");
  object["steps"].for_each_element([&](Value step) {
    symptom.steps.push_back({std::string(step["try"].string_or("")),
                             std::string(step["if_it_helps"].string_or("")), texts(step["causes"])});
  });
  symptom.har_proves = texts(object["har_proves"]);
  symptom.wait_when = object["wait_when"].string_or("");
  symptom.write_when = object["write_when"].string_or("");
  return symptom;
}

// The member that is missing or wrong, or nothing.
std::string fault_of(const Symptom& symptom) {
  if (symptom.name.empty()) return "a symptom has no name.";
  const std::string of = " of " + symptom.name;
  if (symptom.title.empty() || symptom.means.empty()) return "title or means" + of + " is missing.";
  if (symptom.steps.empty() || symptom.har_proves.empty()) return "steps or har_proves" + of + " is empty.";
  if (symptom.wait_when.empty() || symptom.write_when.empty())
    return "wait_when or write_when" + of + " is missing.";
  for (const IsolationStep& step : symptom.steps) {
    if (step.attempt.empty() || step.if_it_helps.empty()) return "a step" + of + " lacks try or if_it_helps.";
    for (const std::string& cause : step.causes) {
      if (model::diagnosis::find_cause(cause) == nullptr)
        return "a step" + of + " names a cause that does not exist: " + cause + ".";
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Symptom>> read_symptoms(std::string_view json) {
  if (json.empty()) json = embedded::find(embedded::data_files(), "symptoms.json");
  wire::json::Reader reader;
  const auto root = reader.parse(json);
  if (!root) return std::unexpected(root.error());
  constexpr std::string_view kSchema = "locksmith.symptoms/1";
  if ((*root)["schema"].as_string() != kSchema)
    return invalid("its schema is not " + std::string(kSchema) + ".");
  std::vector<Symptom> symptoms;
  (*root)["symptoms"].for_each_element([&](Value object) { symptoms.push_back(read_symptom(object)); });
  if (symptoms.empty()) return invalid("it has no symptoms.");
  for (const Symptom& symptom : symptoms) {
    if (const std::string fault = fault_of(symptom); !fault.empty()) return invalid(fault);
  }
  return symptoms;
}

}  // namespace locksmith::knowledge
