#include "host/x509_facts.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

#include <memory>

namespace locksmith::host {
namespace {

std::string name_text(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Instant time_of(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return Instant(std::chrono::seconds(timegm(&parts)));
}

std::string ip_text(const ASN1_OCTET_STRING* bytes) {
  const int size = ASN1_STRING_length(bytes);
  if (size != 4 && size != 16) return {};
  world::Address address;
  address.family = size == 4 ? world::Family::ipv4 : world::Family::ipv6;
  std::copy_n(ASN1_STRING_get0_data(bytes), size, address.bytes.begin());
  const std::string text = to_string(address);
  return text.substr(0, text.rfind(':'));
}

std::vector<std::string> alternative_names(X509* certificate) {
  std::vector<std::string> names;
  auto* list = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(list); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, i);
    if (name->type == GEN_DNS) {
      const auto* data = ASN1_STRING_get0_data(name->d.dNSName);
      names.emplace_back(reinterpret_cast<const char*>(data),
                         static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      names.push_back(ip_text(name->d.iPAddress));
    }
  }
  GENERAL_NAMES_free(list);
  return names;
}

X509* last_of(STACK_OF(X509) * chain) {
  const int size = sk_X509_num(chain);
  return size > 0 ? sk_X509_value(chain, size - 1) : nullptr;
}

}  // namespace

void note_certificates(x509_store_ctx_st* store, world::TlsFacts& facts) {
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  if (leaf == nullptr) return;
  facts.subject = name_text(X509_get_subject_name(leaf));
  facts.issuer = name_text(X509_get_issuer_name(leaf));
  facts.not_before = time_of(X509_get0_notBefore(leaf));
  facts.not_after = time_of(X509_get0_notAfter(leaf));
  facts.dns_names = alternative_names(leaf);
  // The chain that was built reaches a root where there is a known one; else what the peer sent is all there is.
  X509* last = last_of(X509_STORE_CTX_get0_chain(store));
  if (last == nullptr || last == leaf) {
    if (X509* sent = last_of(X509_STORE_CTX_get0_untrusted(store)); sent != nullptr) last = sent;
  }
  if (last != nullptr) facts.root_subject = name_text(X509_get_subject_name(last));
}

}  // namespace locksmith::host
