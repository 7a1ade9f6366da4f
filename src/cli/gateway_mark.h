// Which gateways serve from a store: each leaves a mark beside it, so that a command that changes a key finds all that must follow.
//
// A mark is an empty file, STORE-gateway-ADDRESS, whose name holds the admin address, because an empty file can be made on a full disk. The
// gateway holds it locked (flock(2)) as long as it lives, so the mark of one that was killed is known for what it is.
#pragma once

#include <string>
#include <vector>

#include "world/loop.h"

namespace locksmith::cli {

class GatewayMark {
 public:
  // Before the sandbox, whose filter knows no flock.
  GatewayMark(const std::string& store, const world::Address& admin);
  ~GatewayMark();
  GatewayMark(const GatewayMark&) = delete;
  GatewayMark& operator=(const GatewayMark&) = delete;

  bool is_set() const { return file_ >= 0; }

 private:
  std::string path_;
  int file_ = -1;
};

// The admin addresses of those that live, IP:PORT.
std::vector<std::string> gateways_of(const std::string& store);

}  // namespace locksmith::cli
