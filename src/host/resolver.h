// Name look-ups on a few threads, because getaddrinfo blocks and cannot be cancelled.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "world/loop.h"

namespace locksmith::host {

class Resolver {
 public:
  // Called on a resolver thread.
  using Done = std::move_only_function<void(world::Resolution)>;

  Resolver();
  // Does not wait for look-ups that are under way: a resolver that hangs must not keep the program from ending. Their
  // `done` is destroyed without being called.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // False where limits::kResolverQueue look-ups wait already; `done` is then not taken.
  bool look_up(std::string host, std::uint16_t port, world::Family family, Done done);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace locksmith::host
