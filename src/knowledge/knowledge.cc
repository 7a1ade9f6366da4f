#include "knowledge/knowledge.h"

#include "embedded/embedded.h"
#include "knowledge/services.h"
#include "wire/json/json.h"

namespace locksmith::knowledge {
namespace {

std::unexpected<Failure> invalid(std::string_view file, std::string message) {
  return fail(FailureCode("data_file_invalid"), "The " + std::string(file) + " file cannot be used: " + message,
              "Compare it with data/" + std::string(file) + ".json of the source, or leave it out.", Blame::user);
}

// Names with their phrases: the member `list` of a file that is called as its schema is.
Result<std::vector<model::evidence::Meaning>> read_phrases(std::string_view text, std::string_view file, std::string_view list) {
  wire::json::Reader reader;
  const auto root = reader.parse(text);
  if (!root) return std::unexpected(root.error());
  const std::string schema = "locksmith." + std::string(file) + "/1";
  if ((*root)["schema"].as_string() != schema) return invalid(file, "its schema is not " + schema + ".");
  std::vector<model::evidence::Meaning> meanings;
  std::string wrong;
  (*root)[list].for_each_member([&](std::string_view name, wire::json::Value phrases) {
    model::evidence::Meaning meaning{std::string(name), {}};
    phrases.for_each_element([&](wire::json::Value phrase) {
      if (const auto words = phrase.as_string()) {
        meaning.phrases.emplace_back(*words);
      } else {
        wrong = name;
      }
    });
    meanings.push_back(std::move(meaning));
  });
  if (!wrong.empty()) return invalid(file, "the phrases of " + wrong + " are not all texts.");
  if (meanings.empty()) return invalid(file, "it has no " + std::string(list) + ".");
  return meanings;
}

}  // namespace

Result<std::vector<model::evidence::Meaning>> read_wordings(std::string_view text) { return read_phrases(text, "wordings", "meanings"); }

Result<std::vector<model::evidence::Meaning>> read_services(std::string_view text) {
  if (text.empty()) text = embedded::find(embedded::data_files(), "services.json");
  return read_phrases(text, "services", "services");
}

Result<std::vector<model::evidence::Meaning>> read_neighbours(std::string_view text) {
  if (text.empty()) text = embedded::find(embedded::data_files(), "services.json");
  return read_phrases(text, "services", "neighbours");
}

Result<model::diagnosis::Weights> read_weights(std::string_view text) {
  wire::json::Reader reader;
  const auto root = reader.parse(text);
  if (!root) return std::unexpected(root.error());
  if ((*root)["schema"].as_string() != "locksmith.weights/1") return invalid("weights", "its schema is not locksmith.weights/1.");
  model::diagnosis::Weights weights;
  weights.corpus = (*root)["corpus"].string_or("");
  std::string wrong;
  const auto read = [&](std::string_view list, std::vector<model::diagnosis::Weights::Named>& into) {
    (*root)[list].for_each_member([&](std::string_view name, wire::json::Value value) {
      const auto number = value.as_number();
      if (!number) wrong = name;
      into.push_back({std::string(name), number.value_or(0)});
    });
  };
  read("priors", weights.priors);
  read("rules", weights.rules);
  (*root)["residuals"].for_each_member([&](std::string_view fact, wire::json::Value causes) {
    causes.for_each_member([&](std::string_view cause, wire::json::Value value) {
      const auto number = value.as_number();
      if (!number) wrong = fact;
      weights.residuals.push_back({std::string(fact), std::string(cause), number.value_or(0)});
    });
  });
  if (!wrong.empty()) return invalid("weights", "the weight of " + wrong + " is no number.");
  // A weight of the wrong sign would turn a reason round.
  for (const model::diagnosis::Rule* rule : model::diagnosis::all_rules()) {
    for (const auto& fitted : weights.rules) {
      if (fitted.name == rule->name && fitted.value * model::diagnosis::weight_of(rule->strength) <= 0) {
        return invalid("weights", "the weight of " + fitted.name + " has the wrong sign.");
      }
    }
  }
  return weights;
}

Result<std::unique_ptr<model::diagnosis::Examiner>> make_examiner(std::string_view wordings_json, const model::diagnosis::Weights* weights) {
  if (wordings_json.empty()) wordings_json = embedded::find(embedded::data_files(), "wordings.json");
  auto wordings = read_wordings(wordings_json);
  if (!wordings) return std::unexpected(wordings.error());
  if (weights != nullptr) return std::make_unique<model::diagnosis::Examiner>(std::move(*wordings), *weights);
  const auto fitted = read_weights(embedded::find(embedded::data_files(), "weights.json"));
  if (!fitted) return std::unexpected(fitted.error());
  return std::make_unique<model::diagnosis::Examiner>(std::move(*wordings), *fitted);
}

}  // namespace locksmith::knowledge
