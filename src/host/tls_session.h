// One TLS connection over a socket, and the contexts that sessions share. OpenSSL is seen in tls_*.cc only.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <string_view>

#include "vocabulary/failure.h"
#include "world/loop.h"

struct ssl_ctx_st;
struct ssl_st;

namespace locksmith::host {

// What an operation came to. want_…: call again when the socket is readable or writable.
enum class TlsStatus { done, want_read, want_write, closed, truncated, reset, failed };

struct FreeTlsContext {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::shared_ptr<ssl_ctx_st>;

// Failure codes: certificate_unreadable.
Result<TlsContext> make_server_context(const world::TlsServerOptions& options);

// Client contexts by where their trust comes from: reading the system's store takes tens of milliseconds.
class ClientContexts {
 public:
  // Failure codes: certificate_unreadable (the CA file).
  Result<TlsContext> get(const world::TlsClientOptions& options);

 private:
  std::map<std::tuple<std::string, bool, std::string, std::string, bool>, TlsContext> contexts_;
};

class TlsSession {
 public:
  TlsSession(const TlsContext& context, int socket, const world::TlsClientOptions& options);
  TlsSession(const TlsContext& context, int socket, const world::TlsServerOptions& options);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  TlsStatus handshake();
  TlsStatus read(char* buffer, std::size_t size, std::size_t& got);
  TlsStatus write(std::string_view bytes, std::size_t& sent);
  void send_close_notify();

  const world::TlsFacts& facts() const { return facts_; }
  // Why the last operation failed: "CERTIFICATE_VERIFY_FAILED: certificate has expired".
  const std::string& detail() const { return detail_; }
  // May application data be sent to this peer?
  bool may_send() const { return server_ || facts_.verified; }

  struct Callbacks;  // what OpenSSL calls back; of tls_session.cc

 private:
  TlsStatus status_after(int result);
  void note_agreement();

  ssl_st* ssl_ = nullptr;
  world::TlsFacts facts_;
  std::string detail_;
  std::vector<std::string> server_alpn_;
  bool verify_ = true;
  bool server_ = false;
};

}  // namespace locksmith::host
