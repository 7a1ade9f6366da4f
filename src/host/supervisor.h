// Telling the service manager how the program fares: one datagram to the socket that NOTIFY_SOCKET names. The protocol is
// described in sd_notify(3); a library for it would be a dependency for one sendmsg.
#pragma once

#include <string>
#include <string_view>

#include "vocabulary/instant.h"

namespace locksmith::host {

class Supervisor {
 public:
  // `socket`: the value of NOTIFY_SOCKET, a path or "@name"; empty: there is nobody to tell, and nothing is done.
  explicit Supervisor(std::string socket);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // `status` is one line for people. Never blocks and never fails: a manager that does not listen is no reason to stop.
  void ready(std::string_view status);
  void reloading();  // until the next ready()
  void stopping(std::string_view status);

 private:
  void send(std::string_view message);

  int descriptor_ = -1;
};

}  // namespace locksmith::host
