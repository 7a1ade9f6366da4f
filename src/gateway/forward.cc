#include "gateway/forward.h"

#include <array>
#include <charconv>

#include "vocabulary/limits/gateway.h"
#include "vocabulary/secret.h"
#include "wire/http1/write.h"

namespace locksmith::gateway {
namespace {

using namespace std::string_view_literals;
using wire::http1::Framing;

void append_length(std::string& out, std::uint64_t length) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), length).ptr;
  out.append("content-length: "sv).append(digits.data(), static_cast<std::size_t>(end - digits.data())).append("\r\n"sv);
}

// RFC 9112 section 6.3: a request without either has no body; a method that means one says that it is empty.
void append_framing(std::string& out, const Asking& asking) {
  const Framing& framing = asking.admitted.framing;
  if (asking.passes_body && framing.kind == Framing::Kind::chunked) {
    out.append("transfer-encoding: chunked\r\n"sv);
  } else if (asking.passes_body) {
    append_length(out, framing.length);
  } else if (framing.kind != Framing::Kind::none || !asking.admitted.repeatable) {
    append_length(out, asking.kept.body().size());
  }
}

}  // namespace

void Forwarder::send(upstream::Link& link, const upstream::Pool& pool, const Asking& asking,
                     const UpstreamCredential& credential) {
  const KeptRequest& kept = asking.kept;
  out_.append(kept.method()).append(" "sv).append(pool.settings().target.path_prefix).append(kept.target());
  out_.append(" HTTP/1.1\r\nhost: "sv).append(pool.authority()).append("\r\n"sv).append(kept.fields());
  if (asking.admitted.endpoint->answers_are_read()) out_.append("accept-encoding: identity\r\n"sv);
  out_.append(credential.bearer ? "authorization: Bearer "sv : "x-api-key: "sv);
  const std::size_t secret = out_.size();
  out_.append(credential.value.reveal()).append("\r\n"sv);
  append_framing(out_, asking);
  out_.append("\r\n"sv);
  const bool together = kept.body().size() <= limits::kRelayCopy * 2;
  if (together) out_.append(kept.body());
  link.write(out_);
  wipe(out_.data() + secret, credential.value.size());
  out_.clear();
  if (!together) link.write(kept.body());
}

void Forwarder::send_piece(upstream::Link& link, const Asking& asking, std::string_view piece) {
  if (asking.admitted.framing.kind != Framing::Kind::chunked) return link.write(piece);
  wire::http1::append_chunk(out_, piece);
  link.write(out_);
  out_.clear();
}

void Forwarder::send_end(upstream::Link& link, const Asking& asking) {
  if (asking.admitted.framing.kind == Framing::Kind::chunked) link.write(wire::http1::kLastChunk);
}

}  // namespace locksmith::gateway
