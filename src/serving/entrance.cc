#include "serving/entrance.h"

#include <algorithm>

#include "vocabulary/text.h"
#include "vocabulary/url.h"
#include "world/loop.h"

namespace locksmith::serving {

std::optional<Principal> BearerToken::who(const wire::http1::Fields& fields) const {
  constexpr std::string_view kScheme = "bearer ";
  const auto value = fields.find("authorization");
  if (!value || fields.count("authorization") != 1 || value->size() <= kScheme.size()) return std::nullopt;
  if (!wire::http1::same_name(value->substr(0, kScheme.size()), kScheme)) return std::nullopt;
  if (!token_.equals(trimmed(value->substr(kScheme.size()), is_blank))) return std::nullopt;
  return Principal{"operator"};
}

bool is_own_name(std::string_view host, const std::vector<std::string>& names) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string name = lower_case(host);
  return name == "localhost" || world::parse_ip(name, 0) || std::ranges::find(names, name) != names.end();
}

bool is_meant_for(const wire::http1::RequestHead& head, const std::vector<std::string>& names) {
  const auto own = [&](std::string_view url) { return is_own_name(split_url(url).host, names); };
  // HTTP/1.0 may come without Host; no browser speaks it.
  if (const auto host = head.fields.find("host"); host && !own(*host)) return false;
  if (head.form == wire::http1::TargetForm::absolute && !own(head.target)) return false;
  if (head.method == "GET" || head.method == "HEAD") return true;
  const auto origin = head.fields.find("origin");
  return !origin || own(*origin);
}

}  // namespace locksmith::serving
