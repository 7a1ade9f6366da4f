// An error text of any kind: normal form, what it says of itself, meanings, facts, examination.
#include "model/evidence/error_text.h"
#include "knowledge/knowledge.h"
#include "model/credential/credential.h"
#include "property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith;
  static const auto kExaminer = knowledge::make_examiner();
  const std::string_view text = fuzz::text_of(data, size);
  const std::string plain = model::evidence::plain(text);
  fuzz::must(plain.size() <= text.size() + 1, "the normal form is no longer than the text");
  model::evidence::NormalText normal;
  normal.append(plain);
  fuzz::must(normal.letters.size() == normal.word_start.size(), "each letter knows whether it starts a word");
  const auto read = model::evidence::read_error(plain);
  fuzz::must(!read.status || (*read.status >= 400 && *read.status <= 599),
             "a status that is read is one of a failure");
  const std::string redacted = model::credential::redact(text);
  fuzz::must(!fuzz::shows_credential(redacted), "a redacted text shows no credential");
  fuzz::must(model::credential::redact(redacted) == redacted, "redacting twice is redacting once");
  model::evidence::Evidence e;
  e.error.text = text;
  const auto first = (*kExaminer)->examine(e);
  const auto second = (*kExaminer)->examine(e);
  fuzz::must(first.findings.size() == second.findings.size(), "the same text gives the same diagnosis");
  return 0;
}
