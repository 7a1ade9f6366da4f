// Kept connections to one upstream, its addresses, and the breaker that stops asking while nothing answers.
//
// One pool a loop; nothing is shared between loops.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "upstream/link.h"
#include "upstream/target.h"
#include "upstream/tunnel.h"
#include "vocabulary/instant.h"
#include "world/loop.h"

namespace locksmith::upstream {

struct PoolSettings {
  Target target;
  std::string ca_file{};                      // trusted beside the system's store; empty: that store alone
  std::optional<Target> proxy{};              // an HTTP proxy on the way: asked for a tunnel, whatever the target's scheme
};

class Pool {
 public:
  Pool(world::Loop& loop, PoolSettings settings);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Looks the host up, now and again every limits::kResolveAgain; the last good answer stays where a look-up fails.
  void start();
  // Ends idle connections. Links in use go on; none is kept afterwards.
  void stop();

  // A connection for one exchange, an idle one or a new one. null where there is no address yet, or the breaker is open:
  // then `why_not()` says which. The user writes at once and hears on_lost where no connection comes about.
  // `owner` is whose request it is, only compared: an idle connection serves the one that it served last, and others only when it was idle
  // for limits::kLinkSettles. An answer too many, which comes late, thus shows while nobody waits on it, or is the same owner's.
  Link* take(LinkUser& user, bool head_method, const void* owner);
  enum class WhyNot : std::uint8_t { unresolved, breaker_open };
  WhyNot why_not() const { return addresses_.empty() ? WhyNot::unresolved : WhyNot::breaker_open; }
  const std::string& resolve_error() const { return resolve_error_; }
  // How long the breaker stays open.
  Duration breaker_left() const;

  // Ends idle connections older than limits::kIdleLink. To be called about once a second.
  void sweep(Tick now);

  const PoolSettings& settings() const { return settings_; }
  const std::string& authority() const { return authority_; }
  bool resolved() const { return !addresses_.empty(); }
  std::size_t idle() const { return idle_.size(); }
  std::size_t size() const { return links_.size(); }
  std::uint64_t dialled() const { return dialled_; }

  // --- For Link ---
  bool tunnels() const { return settings_.proxy.has_value(); }
  std::string connect_request() const { return upstream::connect_request(settings_.target, *settings_.proxy); }
  // The tunnel stands: what goes through it is TLS where the target wants it. True where on_open follows once more.
  bool secure(world::Stream& stream);
  wire::http1::ResponseHead& head() { return head_; }
  void keep(Link& link);
  void drop_idle(Link& link);
  void expect_close(Link& link);
  void expect_tunnel(Link& link);
  void connected() { failures_ = 0; }
  void connect_failed();
  void forget(Link& link);

 private:
  void look_up();
  Link* take_idle(const void* owner);
  Link& dial(LinkUser& user, bool head_method);

  world::Loop& loop_;
  PoolSettings settings_;
  std::string authority_;
  std::shared_ptr<const world::TlsClientOptions> tls_;
  wire::http1::ResponseHead head_;            // of whichever link is being read: 4 KiB that no link needs for itself
  std::vector<world::Address> addresses_;
  std::size_t next_address_ = 0;
  std::string resolve_error_;
  std::vector<Link*> idle_;                   // the one used last at the end: it is the warmest
  std::unordered_map<Link*, std::unique_ptr<Link>> links_;
  std::uint64_t dialled_ = 0;
  int failures_ = 0;                          // connections that did not come about, in a row
  Tick open_until_{};
  bool stopped_ = false;
  world::TimerId look_up_timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace locksmith::upstream
