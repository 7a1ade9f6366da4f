#include "upstream/tunnel.h"

#include "vocabulary/base64.h"
#include "wire/http1/write.h"

namespace locksmith::upstream {

std::string connect_request(const Target& target, const Target& proxy) {
  const std::string host = target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
  const std::string authority = host + ":" + std::to_string(target.port);
  std::string head;
  wire::http1::begin_request(head, "CONNECT", authority);
  wire::http1::append_field(head, "Host", authority);
  if (!proxy.user_info.empty()) wire::http1::append_field(head, "Proxy-Authorization", "Basic " + to_base64(credentials_of(proxy)));
  wire::http1::end_head(head);
  return head;
}

}  // namespace locksmith::upstream
