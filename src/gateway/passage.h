// The life of one request, from its head to its line in the log. passage.cc is the page to read first.
//
// A passage belongs to a client's connection and serves its requests one after another, so that nothing is allocated for
// each of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/admit.h"
#include "gateway/authorize.h"
#include "gateway/generation.h"
#include "gateway/key_ring.h"
#include "gateway/refusal.h"
#include "gateway/relay.h"
#include "gateway/reserve.h"
#include "gateway/usage_meter.h"
#include "model/evidence/evidence.h"
#include "upstream/link.h"

namespace locksmith::gateway {

class Connection;
class Worker;

class Passage final : public upstream::LinkUser {
 public:
  Passage(Worker& worker, Connection& connection);
  ~Passage() override;
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  // --- From the connection, in this order. After any of them the passage may be over (Connection::answered was called).
  void begin(const wire::http1::RequestHead& head, const wire::http1::Framing& framing);
  void take_body(std::string_view piece);
  void end_body();

  void refuse(Why why, std::string_view detail = {}, Duration wait = {});
  void refuse_head(wire::http1::Refusal refusal);
  void client_gone();
  void on_client_drained();
  void on_deadline();
  void revoke();

  bool idle() const { return phase_ == Phase::idle; }
  bool reading() const { return phase_ == Phase::reading; }
  const KnownKey* key() const { return key_; }

  // --- From upstream
  void on_answer_head(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing) override;
  void on_answer_piece(std::string_view piece) override;
  void on_answer_end() override;
  void on_answer_pause() override;
  void on_link_drained() override;
  void on_lost(const upstream::Lost& lost) override;

 private:
  enum class Phase : std::uint8_t { idle, reading, waiting, relaying };
  struct HeldError;  // an error answer whose cause is not known yet

  // The steps that need more than one line.
  void forward();
  void send_request();
  bool try_again(std::optional<std::size_t> with);
  void hold_error(const wire::http1::ResponseHead& head);
  void hold_error_piece(std::string_view piece);
  void finish_error();
  void send_error(std::string_view cause, std::string_view rule);
  void begin_relay(const wire::http1::ResponseHead& head);
  void cut(Why why);
  // answered: as the answer tells; free: nothing was executed, or it failed; unknown: it may have been executed.
  enum class Outcome : std::uint8_t { answered, free, unknown };
  void settle(Outcome outcome);
  void witness(std::string_view cause, std::string_view id);
  void keep_failure(std::string_view id, std::string_view layer, std::string_view rule, std::string_view cause,
                    std::string_view message, std::string_view next_step);

  void note_request(const wire::http1::RequestHead& head);
  void note_unread();
  void flush();
  void note_event_end(std::string_view piece);
  void end(bool keep);
  void release_request();
  std::string_view method() const { return std::string_view(line_).substr(0, method_size_); }
  std::string_view path() const { return std::string_view(line_).substr(method_size_); }

  Worker& worker_;
  Connection& connection_;
  Phase phase_ = Phase::idle;
  Delivery delivery_ = Delivery::none;
  bool passes_body_ = false;       // the body is forwarded as it comes, unread
  bool sent_ = false;              // something of the request may have reached upstream
  bool sent_whole_ = false;
  bool link_paused_ = false;
  bool client_paused_ = false;
  bool is_stream_ = false;         // the answer is a stream of events
  bool by_bound_ = false;
  bool inside_event_ = false;      // of what the client has of a stream
  enum class LineEnd : std::uint8_t { none, cr, whole } line_end_ = LineEnd::none;  // the last of these bytes
  bool witnessed_ = false;         // a large error answer has its line before its end
  int status_ = 0;
  int attempts_ = 0;
  std::size_t head_size_ = 0;
  std::size_t method_size_ = 0;
  std::size_t lent_ = 0;           // index into the settings' credentials
  std::uint64_t affinity_ = 0;
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
  Tick started_{}, forwarded_{}, answered_{};
  Instant at_{};
  Client client_;
  Admitted admitted_;              // its views are empty after begin()
  Asked asked_;
  Hold hold_;
  Money spent_{};
  GenerationUse generation_;
  std::shared_ptr<const KeyRing> keys_;
  const KnownKey* key_ = nullptr;  // in keys_
  upstream::Link* link_ = nullptr;
  UsageMeter meter_;
  std::string request_;            // the head for upstream without credential, then the body
  std::string line_;               // method and path, for the log
  std::string request_id_;         // upstream's
  std::unique_ptr<HeldError> held_;
};

}  // namespace locksmith::gateway
