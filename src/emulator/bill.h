// What the API would bill for the emulator's answers, so that whoever counts costs in front of it has a witness. It counts for
// itself: of the house it takes the dated prices, and nothing of how they are added up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/catalogue.h"
#include "model/ledger/price.h"
#include "wire/json/json.h"

namespace locksmith::emulator {

// How much the emulator makes of a request, within what the API's documents allow.
struct Manner {
  // Every byte of text is a token, every image as large as they come, every document fills the context window, every tool runs as
  // often as it may, each time with a whole context window, every model that is named runs, all of them to max_tokens, in the
  // dearest place. Else four characters are a token, a web search runs once, and the answer is short.
  bool dearest = false;
  std::int64_t answer_tokens = 0;  // of the answer's text, so that it is long; 0: as short as it is
};

// One run of a model.
struct Run {
  std::string model;
  bool fallback = false;
  std::int64_t input = 0, output = 0, write_5m = 0, write_1h = 0, searches = 0;

  std::int64_t prompt() const { return input + write_5m + write_1h; }
};

// Of one answer.
struct Charge {
  std::vector<Run> runs;              // the last one wrote the answer
  bool fast = false, us_only = false, batch = false;
  std::vector<std::int64_t> written;  // of a stream: the last run's output after each event
};

// `body` has passed check_message; `answer_tokens` of the text that answers it.
Charge charge_of(const wire::json::Value& body, const Model& model, const Catalogue& catalogue, const Manner& manner,
                 std::int64_t answer_tokens);

// About four characters a token, as a rule of thumb for English; the API's own tokenizers are not public.
std::int64_t count_tokens(const wire::json::Value& body);

class Bill {
 public:
  Bill();
  void add(const Charge& charge);
  // A stream that went no further than so many of its events.
  void add_part(Charge charge, std::size_t events);
  void clear();

  std::int64_t nano_usd() const { return twentieths_ / 20; }
  std::int64_t answers() const { return answers_; }
  std::int64_t runs() const { return runs_; }
  std::int64_t searches() const { return searches_; }

 private:
  model::ledger::PriceList prices_;
  std::int64_t twentieths_ = 0;  // of a billionth of a dollar, so that halves and tenths are whole
  std::int64_t answers_ = 0, runs_ = 0, searches_ = 0;
};

}  // namespace locksmith::emulator
