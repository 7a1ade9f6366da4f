// The URL that a client makes of a base URL and a path: each in its own way, and the doctor in all of them.
//
// Sources: the WHATWG URL standard as Node 20 implements it, the SDKs' buildURL(), httpx's _merge_url(), Go's
// net/url with the SDK's WithBaseURL(), curl (which takes the text as it is). November 2026.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace locksmith::doctor::survey {

enum class Join : std::uint8_t {
  web,    // TypeScript: one slash of two is dropped, then new URL(), whose query is read and written anew
  bun,    // Claude Code: as web, and its fetch() takes any port, a login, and host:port without a scheme
  fetch,  // JavaScript's fetch(): one text behind the other, read as a URL
  slash,  // Python, Go: a slash is added where there is none, the path follows without its own
  text,   // a shell: base and path one after the other
};

struct RequestUrl {
  std::string text;     // as it is asked; may hold a password where `refusal` is set: redact before showing
  std::string refusal;  // not empty: why no request can be made of it, for people
  std::string login{};  // user:password, of a client that sends them as Authorization: Basic
  bool is_url = true;   // false: not even a URL, so that the client fails before anything else
  std::string host{};   // of Claude Code's alone, and its port
  std::uint16_t port = 0;
};

// `base` is not empty; `path` starts with a slash. Pure.
RequestUrl join_url(std::string_view base, std::string_view path, Join join);

}  // namespace locksmith::doctor::survey
