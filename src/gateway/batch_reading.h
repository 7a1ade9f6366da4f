// What the answers about a batch tell of its cost: the id when it is made, and a line of JSON for each of its requests when its
// results are fetched. All that a batch can cost is spent when it is made; what the results do not confirm comes back then, once.
#pragma once

#include <string>
#include <string_view>

#include "gateway/usage_meter.h"
#include "model/ledger/price.h"

namespace locksmith::gateway {

class BatchReading {
 public:
  enum class Of : std::uint8_t { creation, results };
  // Both outlive it.
  BatchReading(UsageReaders& readers, const model::ledger::PriceList& prices, Of of) : readers_(readers), prices_(prices), of_(of) {}

  void take(std::string_view piece);
  // The body came to its end. False where it was not understood, or is no batch's.
  bool finish();
  Of of() const { return of_; }
  const std::string& id() const { return id_; }  // of Of::creation
  Money cost() const { return cost_; }           // of Of::results: of all that succeeded; what failed or expired costs nothing

 private:
  void take_line();
  std::string_view peek(std::string_view text, std::string_view name, wire::json::Kind kind);

  UsageReaders& readers_;
  const model::ledger::PriceList& prices_;
  const Of of_;
  std::string kept_;       // the line, or the body, so far
  std::string id_;
  Money cost_{};
  bool understood_ = true;
  bool any_ = false;       // a line came
};

// The batch whose results this path asks for; empty where it asks for something else.
std::string_view batch_of_results(std::string_view path);

}  // namespace locksmith::gateway
