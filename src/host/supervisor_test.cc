#include "host/supervisor.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace locksmith::host {
namespace {

// The manager's end: an abstract socket of this process.
class Manager {
 public:
  Manager() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name_.data() + 1, name_.size() - 1);
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size), 0);
  }
  ~Manager() { ::close(descriptor_); }
  std::string heard() {
    std::array<char, 512> buffer;
    const ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    return size < 0 ? std::string("nothing") : std::string(buffer.data(), static_cast<std::size_t>(size));
  }
  const std::string& name() const { return name_; }

 private:
  std::string name_ = "@locksmith-test-" + std::to_string(::getpid());
  int descriptor_ = -1;
};

TEST(Supervisor, HearsEveryStepInItsOwnWords) {
  Manager manager;
  Supervisor teller(manager.name());
  teller.ready("serving");
  EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=serving");
  teller.reloading();
  EXPECT_TRUE(manager.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  teller.stopping("draining");
  EXPECT_EQ(manager.heard(), "STOPPING=1\nSTATUS=draining");
}

TEST(Supervisor, WithoutOneNothingIsSaidAndNothingFails) {
  Manager manager;
  for (const std::string& socket : {std::string(), std::string("relative"), std::string("/nonexistent/socket"), "/" + std::string(200, 'x')}) {
    Supervisor teller(socket);
    teller.ready("serving");
  }
  EXPECT_EQ(manager.heard(), "nothing");
}

}  // namespace
}  // namespace locksmith::host
