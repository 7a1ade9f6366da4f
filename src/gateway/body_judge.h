// Reads a request's body member by member: every model that it names, what it can cost at most, and whether a member that
// decides on these stands twice or has a wrong type. Data of the client's own (a tool's input and schema, metadata) is passed
// over: the API does not act on it. One of a worker's, so that its memory serves all bodies.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/asked.h"
#include "gateway/refusal.h"
#include "model/ledger/price.h"
#include "vocabulary/limits/gateway.h"
#include "wire/json/walk.h"

namespace locksmith::gateway {

// By what a body is judged.
struct Measure {
  const model::ledger::PriceList& prices;
  const std::vector<std::string>& models;  // beginnings of those that may be used; empty: all
  bool batch = false;                      // a list of requests, each judged for itself
};

class BodyJudge final : public wire::json::WalkHandler {
 public:
  // Begins a body of `size` bytes. Both outlive finish(); `asked` is new.
  void open(const Measure& measure, std::size_t size, Asked& asked);
  // When the walk is over: Why::none, or what is wrong with a deciding member. `detail` names it.
  Why finish();
  std::string_view detail() const { return detail_; }

  Go begin(std::string_view name, wire::json::Kind kind, std::size_t offset) override;
  void end(std::size_t offset) override;
  bool wants_text(std::string_view name) override;
  void scalar(std::string_view name, const wire::json::Scalar& value) override;

 private:
  enum class Role : std::uint8_t { message, requests, batch, request, tools, tool, servers, list, other };
  struct Frame {
    Role role = Role::other;
    std::uint32_t seen = 0;               // deciding members, by their place in the table
    std::size_t begins = 0;
    ShortText<64> type;
    std::int64_t max_uses = -1;
    std::size_t data = 0;                 // bytes of its own member of that name
    std::size_t encoded = 0;              // bytes of base64 in its sources
    bool elsewhere = false;               // it holds a source whose content is not text in this body
  };
  // Of the message that is being read.
  struct Message {
    std::array<ShortText<limits::kModelName>, 4> models;  // beyond so many, the dearest price counts for each
    std::size_t named = 0;
    std::int64_t max_tokens = -1;
    std::int64_t images = 0, passes = 1, fees = 0, defined = 0;  // defined: tools that the API itself describes to the model
    model::ledger::Kept kept = model::ledger::Kept::no;
    std::size_t encoded = 0;              // bytes that are an image's, not text
    bool context = false, fast = false, streams = false;
  };

  Role role_of(std::string_view name, wire::json::Kind kind) const;
  template <class Fits>
  void check(std::string_view name, Fits&& fits);
  void note_model(std::string_view model);
  void note_member(std::string_view name, const wire::json::Scalar& value);
  void close_tool(const Frame& frame);
  void close_source(const Frame& frame);
  void close_message(const Frame& frame, std::size_t end);
  void wrong(Why why, std::string_view name);
  void unbounded(std::string_view what);  // of a table, so that it stays valid

  const Measure* measure_ = nullptr;
  Asked* asked_ = nullptr;
  Why why_ = Why::none;
  std::string_view detail_;               // of the table of names
  std::size_t size_ = 0;
  Message message_;
  std::vector<Frame> frames_;             // at most limits::kWalkDepth
};

}  // namespace locksmith::gateway
