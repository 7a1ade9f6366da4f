// Makes certificates: for the emulator's TLS and for tests, so that no private key ever stands in a file of ours.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vocabulary/failure.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"

namespace locksmith::host {

struct CertificateRequest {
  std::string common_name;
  std::vector<std::string> names;  // subject alternative names: host names and literal IP addresses
  Instant not_before;
  Instant not_after;
};

struct IssuedCertificate {
  std::string certificate_pem;
  Secret key_pem;
};

// A certificate authority that lives in memory only. Keys are ECDSA P-256.
class PrivateCa {
 public:
  PrivateCa(std::string name, Instant not_before, Instant not_after);
  ~PrivateCa();
  const std::string& pem() const { return pem_; }  // its own certificate
  IssuedCertificate issue(const CertificateRequest& request) const;

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string pem_;
};

IssuedCertificate make_self_signed(const CertificateRequest& request);

}  // namespace locksmith::host
