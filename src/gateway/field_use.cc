#include "gateway/field_use.h"

#include "wire/http1/fields.h"

namespace locksmith::gateway {

using wire::http1::same_name;

FieldUse use_of(std::string_view name) {
  switch (name.size()) {
    case 2:
      return same_name(name, "te") ? FieldUse::hop : FieldUse::pass;
    case 4:
      return same_name(name, "host") ? FieldUse::host : FieldUse::pass;
    case 6:
      return same_name(name, "expect") ? FieldUse::expect : same_name(name, "origin") ? FieldUse::origin : FieldUse::pass;
    case 7:
      return same_name(name, "trailer") || same_name(name, "upgrade") ? FieldUse::hop : FieldUse::pass;
    case 9:
      return same_name(name, "x-api-key") ? FieldUse::api_key : FieldUse::pass;
    case 10:
      return same_name(name, "connection")   ? FieldUse::connection
             : same_name(name, "keep-alive") ? FieldUse::hop
                                             : FieldUse::pass;
    case 12:
      return same_name(name, "content-type") ? FieldUse::content_type : FieldUse::pass;
    case 13:
      return same_name(name, "authorization") ? FieldUse::authorization : FieldUse::pass;
    case 14:
      return same_name(name, "content-length")    ? FieldUse::framing
             : same_name(name, "x-locksmith-id") ? FieldUse::own
                                                 : FieldUse::pass;
    case 15:
      return same_name(name, "accept-encoding")   ? FieldUse::accept_encoding
                                                  : FieldUse::pass;
    case 16:
      return same_name(name, "content-encoding")   ? FieldUse::content_encoding
             : same_name(name, "proxy-connection") ? FieldUse::hop
                                                   : FieldUse::pass;
    case 17:
      return same_name(name, "transfer-encoding")   ? FieldUse::framing
             : same_name(name, "x-locksmith-cause") || same_name(name, "x-locksmith-layer") ? FieldUse::own
                                                    : FieldUse::pass;
    case 18:
      return same_name(name, "proxy-authenticate") ? FieldUse::hop : FieldUse::pass;
    case 19:
      return same_name(name, "proxy-authorization") ? FieldUse::hop : FieldUse::pass;
    default:
      return FieldUse::pass;
  }
}

namespace {

bool begins_as(std::string_view name, std::string_view beginning) {
  return name.size() >= beginning.size() && same_name(name.substr(0, beginning.size()), beginning);
}

// Of a name that begins with "x": an SDK sends nine of its own, which the third letter sorts out.
bool extension_stays_here(std::string_view name) {
  switch (name.size() > 2 ? name[2] | 0x20 : 0) {
    case 'l':
      return begins_as(name, "x-locksmith-");
    case 'f':
      return begins_as(name, "x-forwarded");
    case 'r':
      return begins_as(name, "x-real-ip");
    case 'c':
      return begins_as(name, "x-client-ip");
    case 'o':
      return begins_as(name, "x-original-forwarded");
    default:
      return false;
  }
}

}  // namespace

bool stays_here(std::string_view name) {
  const auto begins = [name](std::string_view beginning) { return begins_as(name, beginning); };
  switch (name.empty() ? '\0' : name.front() | 0x20) {
    case 'c':
      return begins("cookie") || begins("cf-connecting-ip");
    case 'f':
      return begins("forwarded");
    case 't':
      return begins("true-client-ip");
    case 'x':
      return extension_stays_here(name);
    default:
      return false;
  }
}

bool is_dial(std::string_view name) { return same_name(name, "x-locksmith-fault"); }

bool is_protected(std::string_view name) {
  switch (use_of(name)) {
    case FieldUse::framing:
    case FieldUse::host:
    case FieldUse::api_key:
    case FieldUse::authorization:
    case FieldUse::expect:
    case FieldUse::content_encoding:
    case FieldUse::content_type:
      return true;
    default:
      return name.size() > 10 && same_name(name.substr(0, 10), "anthropic-");
  }
}

}  // namespace locksmith::gateway
