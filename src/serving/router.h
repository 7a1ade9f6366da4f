// Which handler a request is for: by its path, then by its method.
//
// A path has one spelling. What could be read in two ways is no route's path: percent-encoding, empty and dot segments, ";" and "\" all
// end in 404, so a rule that was made for a path cannot be walked around by another form of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "serving/message.h"

namespace locksmith::serving {

enum class Access : std::uint8_t {
  everybody,  // tells nothing that a stranger may not know
  operators,  // those whom the server's Authenticator knows; where it has none, whoever reaches the address
};

// What a request may cost others: probes never wait, work has limits::kServingWork places.
enum class Cost : std::uint8_t { probe, work };

using Handler = std::function<void(const Request&, Reply)>;

struct Route {
  std::string method;   // GET is also HEAD
  std::string pattern;  // "/failures/{id}": a part in braces takes any one segment
  Access access = Access::operators;
  Cost cost = Cost::work;
  Handler handler;
};

class Router {
 public:
  // A pattern with more than kMostCaptured parts in braces, or one that is there already with that method, is a mistake of ours (asserted).
  Router& on(Route route);

  struct Found {
    const Route* route = nullptr;
    std::array<std::string_view, kMostCaptured> captured{};
    std::string allowed;  // where only the method is wrong: "GET, HEAD, PUT"
  };
  Found find(std::string_view method, std::string_view path) const;

  // "GET /healthz", one each, for whoever asked for something else.
  std::string list() const;

 private:
  std::vector<Route> routes_;
};

}  // namespace locksmith::serving
