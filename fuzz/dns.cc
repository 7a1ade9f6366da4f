// The name system's replies: no reply leads outside itself, an address has its family's size, and the reply to a query that
// was written is read as one. The first two bytes decide the flags of such a reply.
#include "property.h"
#include "vocabulary/limits/doctor.h"
#include "wire/dns/dns.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace locksmith;
  const std::string_view bytes = fuzz::text_of(data, size);
  if (const auto reply = wire::dns::read_reply(bytes)) {
    const std::size_t wanted = reply->type == static_cast<std::uint16_t>(wire::dns::Type::a) ? 4 : 16;
    for (const std::string& address : reply->addresses) fuzz::must(address.size() == wanted, "an address has the size of its family");
    fuzz::must(reply->addresses.size() <= limits::kDnsAnswers, "no more addresses than the limit");
    fuzz::must(reply->name.size() <= 253, "a name has at most 253 characters");
  }
  if (size < 2) return 0;
  const auto query = wire::dns::write_query(7, bytes.substr(2), wire::dns::Type::aaaa);
  if (!query) return 0;
  std::string echoed = *query;
  echoed[2] = static_cast<char>(0x80U | data[0]);
  echoed[3] = static_cast<char>(data[1]);
  const auto reply = wire::dns::read_reply(echoed);
  fuzz::must(reply.has_value(), "a query with the reply's bit is a reply without answers");
  fuzz::must(wire::dns::answers(*reply, 7, bytes.substr(2), wire::dns::Type::aaaa), "and it is the one to that query");
  return 0;
}
