// A request as a handler sees it, its response, and the reply through which it goes out: at once, or later when another thread has
// answered.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http1/fields.h"

namespace locksmith::serving {

// Who asks, as the server's Authenticator found out. The name is for logs and audits.
struct Principal {
  std::string name;
};

inline constexpr std::size_t kMostCaptured = 4;  // {parts} of one route

struct Request {
  std::string_view method;
  std::string_view path;   // one spelling only: see Router
  std::string_view query;
  const wire::http1::Fields& fields;
  std::string_view body;
  std::array<std::string_view, kMostCaptured> captured{};  // the {parts} of the route, in their order
  const Principal* who = nullptr;                           // null: nobody is asked for on this route, or by this server
};

struct Header {
  std::string name, value;
};

struct Response {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<Header> headers{};  // beside content-type, content-length, cache-control: no-store and nosniff
};

// Where a response goes. One call, on the server's thread; what the request viewed is gone by then. A client that has left makes it do
// nothing; a reply that is dropped unused becomes 500, so that no client waits for a handler that forgot it.
class Reply {
 public:
  using Taker = std::move_only_function<void(const Response&)>;

  explicit Reply(Taker taker) : taker_(std::make_unique<Taker>(std::move(taker))) {}
  Reply(Reply&&) = default;
  Reply& operator=(Reply&&) = delete;
  ~Reply() {
    if (taker_) (*this)({.status = 500, .body = "This request was not answered.\n"});
  }

  void operator()(const Response& response) {
    const auto taker = std::move(taker_);
    (*taker)(response);
  }

 private:
  std::unique_ptr<Taker> taker_;  // null: used, or moved from
};

}  // namespace locksmith::serving
