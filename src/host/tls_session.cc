#include "host/tls_session.h"

#include <dirent.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cctype>
#include <cerrno>
#include <utility>

#include "host/socket_address.h"
#include "host/x509_facts.h"
#include "vocabulary/assert.h"
#include "vocabulary/character.h"

namespace locksmith::host {

void FreeTlsContext::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

namespace {

// "certificate verify failed" -> "CERTIFICATE_VERIFY_FAILED", the form in which clients print it.
std::string reason_name(unsigned long error) {
  const char* text = ERR_reason_error_string(error);
  if (text == nullptr) return "TLS_ERROR_" + std::to_string(ERR_GET_REASON(error));
  std::string name;
  for (const char* c = text; *c != '\0'; ++c) {
    name += *c == ' ' ? '_' : upper_case(*c);
  }
  return name;
}

// The wire form of ALPN: each name after its length.
std::string alpn_list(const std::vector<std::string>& names) {
  std::string wire;
  for (const std::string& name : names) {
    if (name.empty() || name.size() > 255) continue;
    wire += static_cast<char>(name.size());
    wire += name;
  }
  return wire;
}

unsigned char* as_bytes(const std::string& text) {
  return reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
}

Result<TlsContext> unreadable(std::string message) {
  ERR_clear_error();
  return fail(FailureCode("certificate_unreadable"), std::move(message),
              "Give a PEM file that holds the certificate (and, for a server, its private key).", Blame::user);
}

TlsContext make_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), FreeTlsContext());
  LOCKSMITH_ASSERT(context != nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context.get(), 1);  // fewer reads: 9 % of the time of a TLS exchange, measured
  return context;
}

bool use_pem(SSL_CTX* context, const world::TlsServerOptions& options) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> chain(
      BIO_new_mem_buf(options.certificate_pem.data(), static_cast<int>(options.certificate_pem.size())), &BIO_free);
  X509* leaf = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr);
  if (leaf == nullptr) return false;
  const bool used = SSL_CTX_use_certificate(context, leaf) == 1;
  X509_free(leaf);
  while (X509* next = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)) SSL_CTX_add_extra_chain_cert(context, next);
  ERR_clear_error();  // the end of the text is told as an error
  const std::string_view key = options.key_pem.reveal();
  const std::unique_ptr<BIO, decltype(&BIO_free)> key_bio(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())),
                                                          &BIO_free);
  EVP_PKEY* parsed = PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr);
  const bool key_used = parsed != nullptr && SSL_CTX_use_PrivateKey(context, parsed) == 1;
  EVP_PKEY_free(parsed);
  return used && key_used;
}

// At most so many files are read: Mozilla's list has about 150.
constexpr std::size_t kBundledFiles = 1000;

void load_bundled(SSL_CTX* context, const std::string& folder) {
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> open(::opendir(folder.c_str()), close);
  if (!open) return;
  std::size_t count = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name(entry->d_name);
    if (!name.ends_with(".crt") && !name.ends_with(".pem")) continue;
    if (++count > kBundledFiles) return;
    SSL_CTX_load_verify_locations(context, (folder + "/" + std::string(name)).c_str(), nullptr);
  }
}

bool use_files(SSL_CTX* context, const world::TlsServerOptions& options) {
  return SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) == 1 &&
         SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) == 1;
}

}  // namespace

namespace {

world::Distrust distrust_of(int error) {
  switch (error) {
    case X509_V_OK:
      return world::Distrust::none;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return world::Distrust::issuer;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return world::Distrust::expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return world::Distrust::name;
    default:
      return world::Distrust::other;
  }
}

}  // namespace

struct TlsSession::Callbacks {
  static TlsSession& session(const SSL* ssl) { return *static_cast<TlsSession*>(SSL_get_ex_data(ssl, 0)); }

  // Called instead of OpenSSL's own verification, so that what was seen is kept also where it is refused.
  static int verify(X509_STORE_CTX* store, void*) {
    const auto* ssl =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    TlsSession& self = session(ssl);
    const int verified = X509_verify_cert(store);
    note_certificates(store, self.facts_);
    self.facts_.verified = verified == 1;
    const int error = X509_STORE_CTX_get_error(store);
    self.facts_.distrust = distrust_of(error);
    if (verified != 1) self.facts_.verify_error = X509_verify_cert_error_string(error);
    return self.verify_ ? verified : 1;
  }

  static int choose_alpn(SSL* ssl, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                         unsigned int offered_size, void*) {
    const std::string wire = alpn_list(session(ssl).server_alpn_);
    unsigned char* chosen = nullptr;
    if (wire.empty() || SSL_select_next_proto(&chosen, size, as_bytes(wire), static_cast<unsigned>(wire.size()), offered,
                                              offered_size) != OPENSSL_NPN_NEGOTIATED) {
      return SSL_TLSEXT_ERR_NOACK;
    }
    // SSL_select_next_proto points into our list, which dies here: the same name stands in what was offered.
    const std::string_view list(reinterpret_cast<const char*>(offered), offered_size);
    const std::string name(reinterpret_cast<const char*>(chosen), *size);
    *out = offered + list.find(static_cast<char>(*size) + name) + 1;
    return SSL_TLSEXT_ERR_OK;
  }

  static void install_client(SSL_CTX* context) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, &verify, nullptr);
  }
  static void install_server(SSL_CTX* context) { SSL_CTX_set_alpn_select_cb(context, &choose_alpn, nullptr); }
};

Result<TlsContext> make_server_context(const world::TlsServerOptions& options) {
  TlsContext context = make_context(TLS_server_method());
  const bool used = options.certificate_file.empty() ? use_pem(context.get(), options) : use_files(context.get(), options);
  if (!used || SSL_CTX_check_private_key(context.get()) != 1) {
    const std::string name = options.certificate_file.empty() ? "given" : options.certificate_file;
    return unreadable("The server certificate (" + name + ") and its key cannot be used.");
  }
  TlsSession::Callbacks::install_server(context.get());
  return context;
}

Result<TlsContext> ClientContexts::get(const world::TlsClientOptions& options) {
  const std::tuple key(options.ca_file, options.ca_replaces_system, options.ca_folder, options.bundled_folder, options.ignores_environment);
  if (const auto found = contexts_.find(key); found != contexts_.end()) return found->second;
  TlsContext context = make_context(TLS_client_method());
  if (!options.bundled_folder.empty()) {
    load_bundled(context.get(), options.bundled_folder);
  } else if (options.ca_file.empty() || !options.ca_replaces_system) {
    if (options.ignores_environment) {
      SSL_CTX_load_verify_locations(context.get(), X509_get_default_cert_file(), nullptr);
      SSL_CTX_load_verify_locations(context.get(), nullptr, X509_get_default_cert_dir());
    } else {
      SSL_CTX_set_default_verify_paths(context.get());
    }
  }
  if (!options.ca_folder.empty()) SSL_CTX_load_verify_locations(context.get(), nullptr, options.ca_folder.c_str());
  if (!options.ca_file.empty() &&
      SSL_CTX_load_verify_locations(context.get(), options.ca_file.c_str(), nullptr) != 1) {
    return unreadable("The CA file " + options.ca_file + " cannot be read as PEM certificates.");
  }
  ERR_clear_error();
  TlsSession::Callbacks::install_client(context.get());
  contexts_.emplace(key, context);
  return context;
}

TlsSession::TlsSession(const TlsContext& context, int socket, const world::TlsClientOptions& options)
    : ssl_(SSL_new(context.get())), verify_(options.verify) {
  LOCKSMITH_ASSERT(ssl_ != nullptr);
  SSL_set_ex_data(ssl_, 0, this);
  SSL_set_fd(ssl_, socket);
  SSL_set_connect_state(ssl_);
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl_);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (world::parse_ip(options.server_name, 0)) {
    std::string_view name = options.server_name;
    if (name.starts_with('[')) name = name.substr(1, name.size() - 2);
    X509_VERIFY_PARAM_set1_ip_asc(param, std::string(name).c_str());
  } else {
    X509_VERIFY_PARAM_set1_host(param, options.server_name.c_str(), options.server_name.size());
    // SSL_set_tlsext_host_name() is a macro with a cast that this tree does not allow.
    SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(options.server_name.c_str()));
  }
  const std::string alpn = alpn_list(options.alpn);
  if (!alpn.empty()) SSL_set_alpn_protos(ssl_, as_bytes(alpn), static_cast<unsigned>(alpn.size()));
}

TlsSession::TlsSession(const TlsContext& context, int socket, const world::TlsServerOptions& options)
    : ssl_(SSL_new(context.get())), server_alpn_(options.alpn), server_(true) {
  LOCKSMITH_ASSERT(ssl_ != nullptr);
  SSL_set_ex_data(ssl_, 0, this);
  SSL_set_fd(ssl_, socket);
  SSL_set_accept_state(ssl_);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

TlsStatus TlsSession::status_after(int result) {
  const int saved_errno = errno;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE:
      return TlsStatus::done;
    case SSL_ERROR_WANT_READ:
      return TlsStatus::want_read;
    case SSL_ERROR_WANT_WRITE:
      return TlsStatus::want_write;
    case SSL_ERROR_ZERO_RETURN:
      return TlsStatus::closed;
    case SSL_ERROR_SYSCALL:
      ERR_clear_error();
      detail_ = errno_name(saved_errno);
      return saved_errno == ECONNRESET || saved_errno == EPIPE ? TlsStatus::reset : TlsStatus::failed;
    default:
      break;
  }
  const unsigned long error = ERR_peek_error();
  ERR_clear_error();
  detail_ = reason_name(error);
  if (ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED) detail_ += ": " + facts_.verify_error;
  return ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? TlsStatus::truncated : TlsStatus::failed;
}

void TlsSession::note_agreement() {
  facts_.protocol = SSL_get_version(ssl_);
  const char* cipher = SSL_get_cipher_name(ssl_);
  facts_.cipher = cipher != nullptr ? cipher : "";
  const unsigned char* alpn = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_, &alpn, &size);
  if (alpn != nullptr) facts_.alpn.assign(reinterpret_cast<const char*>(alpn), size);
}

TlsStatus TlsSession::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  const TlsStatus status = status_after(result);
  if (status != TlsStatus::want_read && status != TlsStatus::want_write) note_agreement();
  return status;
}

TlsStatus TlsSession::read(char* buffer, std::size_t size, std::size_t& got) {
  ERR_clear_error();
  return status_after(SSL_read_ex(ssl_, buffer, size, &got));
}

TlsStatus TlsSession::write(std::string_view bytes, std::size_t& sent) {
  ERR_clear_error();
  return status_after(SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent));
}

void TlsSession::send_close_notify() {
  ERR_clear_error();
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

}  // namespace locksmith::host
