// One kept connection to the API: sends one request at a time and hands its answer on, piece by piece, as it comes.
//
// Links belong to a Pool. All on the loop's thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vocabulary/secret.h"
#include "wire/http1/body.h"
#include "wire/http1/torn_head.h"
#include "world/loop.h"

namespace locksmith::upstream {

class Link;
class Pool;

// Why an answer did not come, or not whole.
struct Lost {
  enum class When : std::uint8_t {
    unresolved,   // the host's name gave no address; nothing was sent
    connecting,   // no connection came about; nothing was sent
    unanswered,   // sent, or partly sent, and not one byte came back
    midway,       // after the first byte of the answer
  };
  When when = When::connecting;
  world::Closing closing;
  bool by_proxy = false;             // the proxy on the way refused the tunnel; closing.detail has its answer
  bool reused = false;               // the connection had served before: the peer may just have ended it
  bool protocol_broken = false;      // what came is no HTTP/1.1; `refusal` says why
  wire::http1::Refusal refusal = wire::http1::Refusal::none;
};

// Whoever uses a link for one exchange. After on_answer_end or on_lost the link is no longer the user's.
class LinkUser {
 public:
  virtual ~LinkUser() = default;
  // Views are valid until the call returns. Interim answers (1xx) are passed over.
  virtual void on_answer_head(const wire::http1::ResponseHead& head, const wire::http1::Framing& framing) = 0;
  virtual void on_answer_piece(std::string_view piece) = 0;
  virtual void on_answer_end() = 0;
  // All that one read brought has been handed on, and the answer goes on.
  virtual void on_answer_pause() = 0;
  virtual void on_link_drained() = 0;
  virtual void on_lost(const Lost& lost) = 0;
};

class Link final : public world::StreamHandler {
 public:
  explicit Link(Pool& pool) : pool_(pool) {}
  ~Link() override { wipe(waiting_.data(), waiting_.size()); }

  // For its user, between Pool::take() and the end of the exchange. May be called before the connection stands.
  void write(std::string_view bytes) {
    if (tunnel_ == Tunnel::none) return stream_->write(bytes);
    waiting_.append(bytes);
  }
  std::size_t unsent() const { return stream_->unsent() + waiting_.size(); }
  void pause_reading() { stream_->pause_reading(); }
  void resume_reading() { stream_->resume_reading(); }
  // The request was not sent whole, so what follows on this connection would be taken for its rest.
  void spoil() { reusable_ = false; }
  // From now on another one uses it: after its user's last call.
  void hand_over(LinkUser& user) { user_ = &user; }
  // Ends the exchange and the connection; the user hears nothing more.
  void abandon();
  bool connected() const { return open_; }

  void on_open(world::Stream& stream) override;
  void on_bytes(world::Stream& stream, std::string_view bytes) override;
  void on_drained(world::Stream& stream) override;
  void on_peer_finished(world::Stream& stream) override;
  void on_closed(world::Stream& stream, const world::Closing& closing) override;

 private:
  friend class Pool;
  enum class Phase : std::uint8_t { idle, head, body, over };
  // Through a proxy: the tunnel is wanted, asked for, and being made secure; none where there is no proxy or all is done.
  enum class Tunnel : std::uint8_t { none, wanted, asked, securing };

  void read_tunnel(world::Stream& stream, std::string_view bytes);
  void tunnel_refused(std::string detail);
  void tunnel_late();
  void opened();

  void begin(LinkUser& user, bool head_method);
  bool read_head(std::string_view& input);
  bool read_body(std::string_view& input);
  bool take_head(std::string_view head);
  void finish_exchange();
  void lose(Lost lost);
  void break_off(wire::http1::Refusal refusal);

  Pool& pool_;
  world::Stream* stream_ = nullptr;
  LinkUser* user_ = nullptr;
  Phase phase_ = Phase::idle;
  Tunnel tunnel_ = Tunnel::none;
  bool open_ = false;
  bool reusable_ = true;
  bool head_method_ = false;         // the answer to HEAD has no body
  bool answered_ = false;            // a byte of the answer came
  std::uint8_t interim_ = 0;
  std::uint32_t served_ = 0;
  const void* owner_ = nullptr;      // whose request it served last
  std::uint64_t number_ = 0;         // of this pool's links, each its own
  Tick idle_since_{};
  wire::http1::TornHead torn_head_;
  wire::http1::BodyReader body_;
  std::string waiting_;              // the request, with its credential, until the tunnel stands
};

}  // namespace locksmith::upstream
