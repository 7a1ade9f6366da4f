// Whose error is it? People paste what they have in front of them, and logs hold the failures of all that a program
// talks to: a database that refuses a password fails with the words of a key that is refused.
//
// An error is another service's only where it says so: by one of the words of data/services.json, or by the address of
// a request that is no call of a model. One that names Claude or Anthropic, or bears its marks (the error envelope, its
// key's header, a request id, a sentence of its own), is Claude's whatever else stands in it: programs that ask Claude also
// write into databases. Only a few neighbours of Claude's (its GitHub App, MCP servers) are named although the error names
// Claude, too: by sentences that nobody else says. One that names nobody may be: most clients do not say whom they asked.
#pragma once

#include <string>
#include <string_view>

#include "doctor/intake/log_signs.h"
#include "model/evidence/phrase_book.h"
#include "vocabulary/failure.h"

namespace locksmith::doctor::intake {

class ErrorOwners {
 public:
  // With the embedded names. Failure codes: json_invalid, data_file_invalid.
  static Result<ErrorOwners> make();

  // The other service, as it may be shown ("PostgreSQL", "api.example.com"); empty where the error may be Claude's.
  // The text is a plain one (model::evidence::plain()). Linear.
  std::string other_service(std::string_view plain_text) const;

 private:
  ErrorOwners(std::vector<model::evidence::Meaning> services, std::vector<model::evidence::Meaning> neighbours)
      : services_(std::move(services)), neighbours_(std::move(neighbours)) {}

  LogSigns signs_;
  model::evidence::PhraseBook services_;
  model::evidence::PhraseBook neighbours_;
};

}  // namespace locksmith::doctor::intake
