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

Result<std::unique_ptr<model::diagnosis::Examiner>> make_examiner(std::string_view wordings_json) {
  if (wordings_json.empty()) wordings_json = embedded::find(embedded::data_files(), "wordings.json");
  auto wordings = read_wordings(wordings_json);
  if (!wordings) return std::unexpected(wordings.error());
  return std::make_unique<model::diagnosis::Examiner>(std::move(*wordings));
}

}  // namespace locksmith::knowledge
