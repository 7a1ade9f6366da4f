// The seam to the network: an event loop, its streams, timers and name look-ups.
//
// One loop belongs to one thread; every call and every callback happens on it, except post(). The real loop is
// host::EpollLoop; a simulated one keeps the same contract in virtual time. The contract is written for a data path
// without allocation: bytes are lent to the handler in a buffer that the loop shares, and write() copies only what the
// kernel did not take at once.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/failure.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"
#include "world/clock.h"

namespace locksmith::world {

enum class Family : std::uint8_t { any, ipv4, ipv6 };

// An IP address and a port (host byte order). IPv4 uses the first four bytes.
struct Address {
  Family family = Family::ipv4;
  std::array<std::uint8_t, 16> bytes{};
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

// "127.0.0.1:8080", "[::1]:8080"; "unix" of Family::any, which the peer of a Unix socket has.
std::string to_string(const Address& address);
bool is_loopback(const Address& address);

// The reverse of to_string, without names: "127.0.0.1:8080", "[::1]:8080". nullopt for anything else.
std::optional<Address> parse_address(std::string_view text);
// A literal IP address without a port, IPv6 with or without brackets.
std::optional<Address> parse_ip(std::string_view text, std::uint16_t port);

// Why a stream ended. Observations, not opinions: what the kernel or the TLS library said.
enum class CloseReason : std::uint8_t {
  finished,     // the peer ended the stream in order (FIN, and close_notify where there is TLS)
  truncated,    // the peer sent FIN without close_notify
  reset,        // RST from the peer
  refused,      // connect: nobody listens
  unreachable,  // connect: no route to host or network
  timed_out,    // connect or TLS took longer than its deadline
  tls_failed,   // the handshake or a record failed; Closing::detail says how
  aborted,      // we ended it
  failed,       // any other system error; Closing::detail holds its name
};

// Why a certificate was not accepted: the first fault that verification met.
enum class Distrust : std::uint8_t {
  none,     // it was
  issuer,   // nobody who is trusted has signed it
  expired,  // or is not yet valid
  name,     // it belongs to another host
  other,
};

// What the handshake showed. Filled as far as it got, also when it failed.
struct TlsFacts {
  std::string protocol;          // "TLSv1.3"
  std::string cipher;
  std::string alpn;              // "h2", "http/1.1", empty where none was agreed
  std::string subject;           // of the peer's certificate, RFC 2253 form
  std::string issuer;
  std::string root_subject;      // the last certificate of the chain as sent or built
  Instant not_before{};
  Instant not_after{};
  std::vector<std::string> dns_names;
  bool verified = false;
  std::string verify_error;      // the TLS library's own words, empty where verified
  Distrust distrust = Distrust::none;
};

struct Closing {
  CloseReason reason = CloseReason::finished;
  std::string detail;  // "ECONNRESET", "CERTIFICATE_VERIFY_FAILED: self-signed certificate in certificate chain", …
};

class Stream;

// Callbacks of one stream. The handler must outlive the stream or detach (Stream::set_handler(nullptr) is refused: give
// another handler instead). Calling any method of the stream from within a callback is allowed, abort() included.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  // Connected or accepted, and the TLS handshake (where there is one) is done. Never from within dial() or on_accept().
  // After start_tls() it is called again.
  virtual void on_open(Stream& stream) = 0;
  // The bytes are valid until the callback returns.
  virtual void on_bytes(Stream& stream, std::string_view bytes) = 0;
  // All that was written has been handed to the kernel, after write() had to keep some of it. May come from within
  // no call of the handler's own, so write() never calls back.
  virtual void on_drained(Stream& stream) = 0;
  // The last callback; the stream is gone when it returns. An orderly end by the peer (FIN) is told here once the
  // write side is closed too; `on_peer_finished` comes first. What the peer sent before an error is given out before
  // it, unless reading is paused.
  virtual void on_closed(Stream& stream, const Closing& closing) = 0;
  // The peer will send no more; we may still write. The default closes our side too.
  virtual void on_peer_finished(Stream& stream);
};

class Stream {
 public:
  virtual ~Stream() = default;
  virtual void set_handler(StreamHandler& handler) = 0;
  // Tries to send at once; keeps a copy of the rest (all of it before on_open). Nothing is sent after finish() or
  // abort(), nor to a TLS peer that was not verified (see TlsClientOptions::verify): the stream is closed instead.
  virtual void write(std::string_view bytes) = 0;
  virtual std::size_t unsent() const = 0;  // bytes kept: the caller pauses its source above limits::kWriteBacklog
  virtual void pause_reading() = 0;        // back-pressure: the kernel's window fills, and the peer waits
  virtual void resume_reading() = 0;
  // Sends what is kept, then FIN (close_notify first where there is TLS). on_closed follows when the peer has finished
  // too; a caller that does not want to wait for that sets a timer and aborts. Before on_open it aborts.
  virtual void finish() = 0;
  virtual void abort() = 0;                // RST now; on_closed follows from the loop, never from within this call
  virtual const Address& peer() const = 0;
  virtual const Address& local() const = 0;
  virtual const TlsFacts* tls() const = 0; // null on a plain stream
};

struct TlsClientOptions {
  std::string server_name;                 // SNI and the name that the certificate must carry
  std::string ca_file;                     // PEM; empty: the system's store (with SSL_CERT_FILE and SSL_CERT_DIR)
  bool ca_replaces_system = false;         // false: ca_file is added to the system's store
  std::string ca_folder;                   // hashed, as SSL_CERT_DIR wants it; added to the rest
  std::string bundled_folder;              // PEM files that stand for a store that a client brings along, instead of the system's
  bool ignores_environment = false;        // the system's store where the library was built to look, whatever SSL_CERT_… say
  bool verify = true;                      // false only to learn what an unverifiable peer would show; nothing is sent
  std::vector<std::string> alpn;           // empty: no ALPN extension
};

// Either files, or (where certificate_file is empty) their content.
struct TlsServerOptions {
  std::string certificate_file;            // PEM, the whole chain
  std::string key_file;                    // PEM
  std::string certificate_pem;
  Secret key_pem;
  std::vector<std::string> alpn;           // in order of preference; empty: none is agreed
};

struct DialOptions {
  Duration deadline{};                              // connect and TLS together; more than zero
  std::shared_ptr<const TlsClientOptions> tls{};    // null: plain
  bool may_start_tls = false;                       // start_tls() may follow; a loop that cannot on its plain streams takes another
};

class AcceptHandler {
 public:
  virtual ~AcceptHandler() = default;
  // Must set the stream's handler, whose on_open follows after the TLS handshake (limits::kTlsAccept) where there is
  // one. A connection above the loop's bound, limits::kConnections of a listener or fewer, is closed instead.
  virtual void on_accept(Stream& stream) = 0;
};

struct ListenOptions {
  std::shared_ptr<const TlsServerOptions> tls{};  // null: plain
  bool share_port = false;                      // SO_REUSEPORT: one listener a loop
  int descriptor = -1;                          // listen on this socket, which listens already and stays the caller's; the address is
                                                // not looked at
};

// What a name look-up gave. `error` is the resolver's own word ("EAI_NONAME"), or "ETIMEOUT" (our deadline) or "EBUSY"
// (more look-ups than limits::kResolverQueue wait); empty on success.
struct Resolution {
  std::vector<Address> addresses;
  std::string error;
  Duration took{};
};

// What came back to a datagram. `error` is the system's own word ("ECONNREFUSED", "ENETUNREACH"), or "ETIMEOUT" (our
// deadline); empty where bytes came.
struct Datagram {
  std::string bytes;
  std::string error;
  Duration took{};
};

using TimerId = std::uint64_t;

class Loop : public Clock {
 public:
  // The tick at the beginning of this turn of the loop, at no cost: for deadlines. Never more than one turn behind tick().
  virtual Tick turn() const { return tick(); }
  // Streams the loop owns; the reference is valid until the handler's on_closed returned.
  virtual Stream& dial(const Address& address, DialOptions options, StreamHandler& handler) = 0;
  // Upgrades an open plain stream to TLS (after a CONNECT through a proxy). on_open is called again when done.
  virtual void start_tls(Stream& stream, std::shared_ptr<const TlsClientOptions> options, Duration deadline) = 0;
  // Port 0 takes a free one; the bound address is returned. Failure codes: address_in_use, address_not_available,
  // certificate_unreadable.
  virtual Result<Address> listen(const Address& address, ListenOptions options, AcceptHandler& handler) = 0;
  virtual void stop_listening() = 0;
  // The certificate of every TLS listener of this loop, from the next handshake on; open connections keep theirs. The pair is
  // looked at also where nothing listens. A failure changes nothing. Failure codes: certificate_unreadable.
  virtual Result<void> replace_certificate(std::shared_ptr<const TlsServerOptions> tls) = 0;

  // Exactly one call of `done`, never from within this call, at the latest after `deadline` (error "ETIMEOUT"). A literal
  // address is not looked up. Addresses come in the resolver's order of preference.
  virtual void resolve(std::string host, std::uint16_t port, Family family, Duration deadline,
                       std::move_only_function<void(Resolution)> done) = 0;

  // Sends one datagram (UDP) and waits for the first one from that very address and port of which `is_answer` holds; others
  // are dropped. Exactly one call of `done`, never from within this call, at the latest after `deadline` (more than zero).
  // Nothing is sent again. Both are let go of after `done`.
  virtual void ask(const Address& peer, std::string bytes, Duration deadline, std::move_only_function<bool(std::string_view)> is_answer,
                   std::move_only_function<void(Datagram)> done) = 0;

  virtual TimerId after(Duration delay, std::move_only_function<void()> action) = 0;
  virtual void cancel(TimerId timer) = 0;  // of one that has fired: does nothing

  virtual void post(std::move_only_function<void()> action) = 0;  // any thread
  // Until stop(). May be called again. When the loop dies, its streams close without a callback.
  virtual void run() = 0;
  virtual void stop() = 0;                                        // any thread, and from a signal handler
};

}  // namespace locksmith::world
