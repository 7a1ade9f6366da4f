// Reads what an answer costs from the bytes that pass, at no copy of a stream: only the events that tell usage are looked
// into (message_start, message_delta), the rest is skipped at the speed of memchr.
//
// Rules (the API's streaming and usage documentation): counts in message_delta are cumulative, the last value that is not
// null counts; usage.iterations, where there are any, say what is billed, each at its own model's price; a refusal before
// any content is not billed. What is not understood (a count that is missing, or no whole number, an iteration of an unknown
// type) is not known, and never zero.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/buffers.h"
#include "gateway/short_text.h"
#include "model/ledger/price.h"
#include "vocabulary/instant.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/json.h"
#include "wire/json/peek.h"

namespace locksmith::gateway {

// One part of the bill.
struct Billed {
  std::string model;
  model::ledger::Usage usage;
};

// Used within one call only; one of a worker's.
struct UsageReaders {
  wire::json::Reader json;
  wire::json::Peek peek;
};

class UsageMeter {
 public:
  enum class Mode : std::uint8_t { off, stream, whole };
  // What the meter knows at the end.
  enum class Knowledge : std::uint8_t {
    nothing,   // no usage was seen, or it was not understood
    partly,    // the stream told its prompt, and its end was not seen: output may be more than what was told
    exact,
  };

  // Of an answer that costs nothing, or did not come.
  UsageMeter() = default;
  // `buffer` holds the body of Mode::whole.
  UsageMeter(UsageReaders& readers, Mode mode, LentText buffer = {})
      : readers_(&readers), mode_(mode), kept_(std::move(buffer)) {}

  void take(std::string_view piece);
  // The body is over. Of Mode::whole this reads it.
  void finish();

  Knowledge knowledge() const;
  bool garbled() const { return garbled_; }            // something of the usage was not understood
  bool prompt_told() const { return input_told_ && !garbled_; }
  // The most tokens of output that can have been written for a stream by now, `since` its request was sent: those that were told
  // or seen, a byte a token, or, where nothing shows what the model does (before its answer's text, or while it thinks), what
  // the fastest model writes in that time; and what was written and is not here yet. `all_seen`: nothing held the stream up.
  std::int64_t most_output(Duration since, bool all_seen) const;
  bool began() const { return began_; }
  bool broke_off() const { return began_ && !complete_; }  // a stream without its last event
  bool saw_content() const { return saw_content_; }    // the first token of a stream is there
  bool complete() const { return complete_; }          // message_stop was seen, or all of the body
  std::string_view error_type() const { return error_type_.view(); }  // of an error event in the stream
  std::string_view model() const { return model_.view(); }  // as the answer names it
  const model::ledger::Usage& usage() const { return usage_; }  // the answer's own counts

  // The most that a stream that was not seen to its end can cost: what was told, and so much output.
  Money bound(const model::ledger::PriceList& prices, std::string_view asked_model, std::int64_t most_output) const;
  Money cost(const model::ledger::PriceList& prices, std::string_view asked_model) const;

 private:
  enum class Event : std::uint8_t { unnamed, other, start, delta, block, error, stop };

  void take_stream(std::string_view bytes);
  void take_line(std::string_view line);
  void note_size(std::size_t line);
  void take_data(std::string_view data);
  bool is_wanted(std::string_view beginning) const;
  void read_usage(const wire::json::Value& usage, bool last);

  UsageReaders* readers_ = nullptr;
  Mode mode_ = Mode::off;
  Event event_ = Event::unnamed;
  bool skipping_ = false;         // the rest of the current line
  bool began_ = false;            // message_start
  bool complete_ = false;         // message_stop, or the whole body
  bool input_told_ = false;
  bool output_told_ = false;      // not by message_start, whose count is a beginning
  bool garbled_ = false;          // a count that is no count
  bool saw_content_ = false;
  bool refused_ = false;
  bool thinks_ = false;           // a block of thinking came, of which a summary is shown, or nothing
  std::size_t line_ = 0;          // bytes of the current line so far
  std::int64_t seen_ = 0;         // bytes of the stream's text, as tokens
  model::ledger::Terms terms_;    // as served
  LentText kept_;                 // the torn line of a stream, or the body so far
  ShortText<limits::kModelName> model_;
  ShortText<limits::kErrorType> error_type_;
  model::ledger::Usage usage_;
  std::vector<Billed> iterations_;
};

}  // namespace locksmith::gateway
