#include "host/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "vocabulary/assert.h"
#include "world/loop.h"

namespace locksmith::host {
namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* value) const { Free(value); }
};
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  LOCKSMITH_ASSERT(key != nullptr);
  return key;
}

std::string text_of(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string certificate_pem(X509* certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(out.get(), certificate);
  return text_of(out.get());
}

Secret key_pem(EVP_PKEY* key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_secmem()), &BIO_free);
  PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  std::string text = text_of(out.get());
  Secret secret(text);
  wipe(text.data(), text.size());
  return secret;
}

void set_time(ASN1_TIME* time, Instant instant) {
  ASN1_TIME_set(time, std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count());
}

void set_name(X509_NAME* name, const std::string& common_name) {
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.c_str());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0);
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  LOCKSMITH_ASSERT(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    if (!list.empty()) list += ',';
    list += (world::parse_ip(name, 0) ? "IP:" : "DNS:") + name;
  }
  return list;
}

// `issuer` null: signed by itself.
Certificate make_certificate(const CertificateRequest& request, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                             bool authority) {
  Certificate certificate(X509_new());
  X509* const x = certificate.get();
  X509_set_version(x, X509_VERSION_3);
  unsigned char serial[8];
  RAND_bytes(serial, sizeof serial);
  serial[0] = static_cast<unsigned char>((serial[0] & 0x3f) | 0x40);
  std::uint64_t number = 0;
  for (const unsigned char byte : serial) number = number << 8 | byte;
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), number);
  set_time(X509_getm_notBefore(x), request.not_before);
  set_time(X509_getm_notAfter(x), request.not_after);
  set_name(X509_get_subject_name(x), request.common_name);
  X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer : x));
  X509_set_pubkey(x, key);
  X509* const signer = issuer != nullptr ? issuer : x;
  add_extension(x, signer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (authority) add_extension(x, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(x, signer, NID_subject_key_identifier, "hash");
  add_extension(x, signer, NID_authority_key_identifier, "keyid");
  if (!authority) add_extension(x, signer, NID_ext_key_usage, "serverAuth");
  if (!request.names.empty()) add_extension(x, signer, NID_subject_alt_name, alternative_names(request.names));
  LOCKSMITH_ASSERT(X509_sign(x, issuer_key, EVP_sha256()) > 0);
  return certificate;
}

}  // namespace

struct PrivateCa::Keys {
  Key key;
  Certificate certificate;
};

PrivateCa::PrivateCa(std::string name, Instant not_before, Instant not_after) : keys_(std::make_unique<Keys>()) {
  keys_->key = make_key();
  keys_->certificate = make_certificate({std::move(name), {}, not_before, not_after}, keys_->key.get(), nullptr,
                                        keys_->key.get(), true);
  pem_ = certificate_pem(keys_->certificate.get());
}

PrivateCa::~PrivateCa() = default;

IssuedCertificate PrivateCa::issue(const CertificateRequest& request) const {
  const Key key = make_key();
  const Certificate certificate =
      make_certificate(request, key.get(), keys_->certificate.get(), keys_->key.get(), false);
  return {certificate_pem(certificate.get()), key_pem(key.get())};
}

IssuedCertificate make_self_signed(const CertificateRequest& request) {
  const Key key = make_key();
  const Certificate certificate = make_certificate(request, key.get(), nullptr, key.get(), false);
  return {certificate_pem(certificate.get()), key_pem(key.get())};
}

}  // namespace locksmith::host
