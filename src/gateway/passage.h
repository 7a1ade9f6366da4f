// The life of one request, from its head to its line in the log. passage.cc is the page to read first.
//
// A passage belongs to one client and serves its requests one after another. What is known of a request stands in its Exchange,
// which is new for each; the passage itself keeps only where it is, its link to upstream, and who is paused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/downstream.h"
#include "gateway/exchange.h"
#include "gateway/refusal.h"
#include "upstream/link.h"

namespace locksmith::gateway {

class Worker;
struct ErrorCause;
struct Failing;

class Passage final : public upstream::LinkUser {
 public:
  // Both outlive it.
  Passage(Worker& worker, Downstream& client) : worker_(worker), client_(client) {}
  ~Passage() override;
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  // --- From the client's side, in this order. After any of them the exchange may be over.
  void begin(const wire::http1::RequestHead& head, const wire::http1::Framing& framing);
  void take_body(std::string_view piece);
  void end_body();

  void refuse(Why why, std::string_view detail = {}, Duration wait = {});
  // The head, or the framing of the body, could not be read.
  void refuse_head(wire::http1::Refusal refusal);
  void client_gone();
  void on_client_drained();
  void on_deadline();
  void revoke();
  // For the queue of those who wait for money: goes on where there is room by now, or never will be.
  void try_for_money();

  bool idle() const { return phase_ == Phase::idle; }
  // The request's body is still to come.
  bool awaits_body() const { return phase_ == Phase::reading || (phase_ == Phase::waiting && !(*slot_)->attempt.sent_whole); }
  const KnownKey* key() const { return slot_ ? (*slot_)->asking.key : nullptr; }

  // --- From upstream
  void on_answer_head(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing) override;
  void on_answer_piece(std::string_view piece) override;
  void on_answer_end() override;
  void on_answer_pause() override;
  void on_link_drained() override;
  void on_lost(const upstream::Lost& lost) override;

 private:
  enum class Phase : std::uint8_t { idle, reading, reserving, waiting, relaying };
  enum class End : std::uint8_t { in_order, broken_off };

  void open_exchange();
  void open_unread();
  void answer_probe();
  void keep_head(const wire::http1::RequestHead& head);
  void reserve();
  Why take_money();
  std::string amounts() const;
  void refuse_money(Why why);
  bool keep_room();
  void forward();
  void send_attempt();
  bool try_again(std::optional<std::size_t> with);
  void relay(std::string_view piece);
  void release_echo();
  void hold_naming(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing);
  void finish_naming();
  // Nothing of the answer went to the client so far.
  bool holds_head() const { return (*slot_)->answering.held != nullptr || (*slot_)->answering.naming != nullptr; }
  void begin_relay(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing);
  void flush();
  void take_head(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing);
  void hold_error(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing);
  void hold_error_piece(std::string_view piece);
  void finish_error();
  void send_error(const HeldAnswer& held, const ErrorCause& known);
  void send_refusal(const RefusalRow& row, std::string_view id, Duration wait, std::string_view body);
  void cut(Why why);
  void settle(Outcome outcome);
  std::string_view fail(const Failing& failing, Outcome outcome);
  void abandon_link();
  bool may_drain();
  void drain();
  void end(End how);
  Exchange& exchange() { return **slot_; }

  Worker& worker_;
  Downstream& client_;
  Phase phase_ = Phase::idle;
  upstream::Link* link_ = nullptr;  // while upstream has the request
  bool link_paused_ = false;
  bool body_paused_ = false;
  Exchanges::Slot slot_;            // of the exchange; null while idle
};

}  // namespace locksmith::gateway
