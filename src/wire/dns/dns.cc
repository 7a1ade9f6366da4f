#include "wire/dns/dns.h"

#include <algorithm>

#include "vocabulary/limits/doctor.h"
#include "vocabulary/text.h"

namespace locksmith::wire::dns {
namespace {

constexpr std::size_t kHead = 12;
constexpr std::size_t kLabel = 63;
constexpr std::size_t kName = 253;         // as text, without the dot at its end
constexpr std::uint16_t kInternet = 1;     // class IN
constexpr std::uint16_t kIsReply = 0x8000;
constexpr std::uint16_t kIsTruncated = 0x0200;
constexpr std::uint16_t kRecursion = 0x0100;
constexpr std::uint16_t kCodeMask = 0x000F;


bool is_host_char(char c) {
  return is_name_char(c) || c == '-';
}

void append(std::string& out, std::uint16_t number) {
  out += static_cast<char>(number >> 8U);
  out += static_cast<char>(number & 0xFFU);
}

// Walks through a message; every step says whether the bytes were there.
class Walker {
 public:
  explicit Walker(std::string_view message) : message_(message) {}

  bool number(std::uint16_t& out) {
    if (message_.size() - at_ < 2) return false;
    out = static_cast<std::uint16_t>(byte(at_) << 8U | byte(at_ + 1));
    at_ += 2;
    return true;
  }
  bool skip(std::size_t count) { return take(count).has_value(); }
  std::optional<std::string_view> take(std::size_t count) {
    if (message_.size() - at_ < count) return std::nullopt;
    const std::string_view piece = message_.substr(at_, count);
    at_ += count;
    return piece;
  }

  // RFC 1035 §4.1.4. A pointer must lead before the place where the name (or the part that pointed) began, so no circle
  // can be built; the length ends the rest.
  bool name(std::string& out) {
    out.clear();
    std::size_t at = at_;
    std::size_t before = at_;
    bool jumped = false;
    for (;;) {
      if (at >= message_.size()) return false;
      const std::size_t length = byte(at);
      if (length == 0) break;
      if ((length & 0xC0U) == 0xC0U) {
        if (at + 1 >= message_.size()) return false;
        const std::size_t target = (length & 0x3FU) << 8U | byte(at + 1);
        if (target >= before) return false;
        if (!jumped) at_ = at + 2;
        jumped = true;
        before = target;
        at = target;
        continue;
      }
      if (length > kLabel || message_.size() - at - 1 < length || out.size() + length + 1 > kName + 1) return false;
      for (std::size_t i = 1; i <= length; ++i) out += lower_case(message_[at + i]);
      out += '.';
      at += 1 + length;
    }
    if (!jumped) at_ = at + 1;
    if (!out.empty()) out.pop_back();
    return true;
  }

 private:
  std::size_t byte(std::size_t at) const { return static_cast<unsigned char>(message_[at]); }
  std::string_view message_;
  std::size_t at_ = 0;
};

bool read_record(Walker& walker, std::uint16_t wanted, Reply& reply) {
  std::string owner;
  std::uint16_t type = 0;
  std::uint16_t klass = 0;
  std::uint16_t size = 0;
  if (!walker.name(owner) || !walker.number(type) || !walker.number(klass) || !walker.skip(4) || !walker.number(size)) return false;
  const auto data = walker.take(size);
  if (!data) return false;
  const std::size_t expected = wanted == static_cast<std::uint16_t>(Type::a) ? 4 : 16;
  if (type != wanted || klass != kInternet) return true;  // CNAMEs on the way, signatures, …
  if (size != expected) return false;
  reply.addresses.emplace_back(*data);
  return true;
}

}  // namespace

std::optional<std::string> write_query(std::uint16_t id, std::string_view name, Type type) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.size() > kName) return std::nullopt;
  std::string out;
  append(out, id);
  append(out, kRecursion);
  append(out, 1);  // questions
  for (int i = 0; i < 3; ++i) append(out, 0);
  for (bool more = true; more;) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    if (label.empty() || label.size() > kLabel || !std::ranges::all_of(label, is_host_char)) return std::nullopt;
    out += static_cast<char>(label.size());
    out += label;
    more = dot != std::string_view::npos;
    name.remove_prefix(more ? dot + 1 : name.size());
  }
  out += '\0';
  append(out, static_cast<std::uint16_t>(type));
  append(out, kInternet);
  return out;
}

std::optional<Reply> read_reply(std::string_view message) {
  if (message.size() < kHead) return std::nullopt;
  Walker walker(message);
  Reply reply;
  std::uint16_t flags = 0;
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
  std::uint16_t klass = 0;
  if (!walker.number(reply.id) || !walker.number(flags) || !walker.number(questions) || !walker.number(answers) || !walker.skip(4)) {
    return std::nullopt;
  }
  if ((flags & kIsReply) == 0 || questions != 1) return std::nullopt;
  reply.truncated = (flags & kIsTruncated) != 0;
  reply.code = static_cast<Code>(flags & kCodeMask);
  if (!walker.name(reply.name) || !walker.number(reply.type) || !walker.number(klass) || klass != kInternet) return std::nullopt;
  for (std::size_t i = 0; i < answers && i < limits::kDnsAnswers; ++i) {
    if (read_record(walker, reply.type, reply)) continue;
    if (reply.truncated) break;
    return std::nullopt;
  }
  return reply;
}

bool answers(const Reply& reply, std::uint16_t id, std::string_view name, Type type) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return reply.id == id && reply.type == static_cast<std::uint16_t>(type) &&
         std::ranges::equal(reply.name, name, {}, {}, [](char c) { return lower_case(c); });
}

}  // namespace locksmith::wire::dns
