#include "host/listening.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "host/epoll_loop.h"

namespace locksmith::host {
namespace {

struct Greeter final : world::AcceptHandler, world::StreamHandler {
  void on_accept(world::Stream& stream) override {
    stream.set_handler(*this);
    peer = to_string(stream.peer());
  }
  void on_open(world::Stream& stream) override { stream.write("hello"); stream.finish(); }
  void on_bytes(world::Stream&, std::string_view) override {}
  void on_drained(world::Stream&) override {}
  void on_peer_finished(world::Stream& stream) override { stream.finish(); }
  void on_closed(world::Stream&, const world::Closing&) override { ++closed; }
  std::string peer;
  int closed = 0;
};

TEST(Listening, TwoLoopsServeOneUnixSocketOneAfterTheOther) {
  const std::string path = std::filesystem::temp_directory_path() / ("locksmith-listening-" + std::to_string(::getpid()));
  const auto descriptor = listen_at_path(path);
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(listen_at_path(path).error().code.name(), "address_in_use");
  const auto dial = [&] {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return client;
  };
  // The first one ends before the second client comes: it waits at the socket, which stays open.
  int waiting = -1;
  for (int turn = 0; turn < 2; ++turn) {
    EpollLoop loop;
    Greeter greeter;
    const auto bound = loop.listen({}, {.descriptor = *descriptor}, greeter);
    ASSERT_TRUE(bound);
    EXPECT_EQ(to_string(*bound), "unix");
    const int client = waiting >= 0 ? waiting : dial();
    loop.after(100ms, [&] { loop.stop(); });
    loop.run();
    char text[6] = {};
    EXPECT_EQ(::recv(client, text, 5, 0), 5);
    EXPECT_STREQ(text, "hello");
    EXPECT_EQ(greeter.peer, "unix");
    ::close(client);
    loop.after(50ms, [&] { loop.stop(); });
    loop.run();
    loop.stop_listening();
    waiting = dial();
  }
  ::close(waiting);
  ::close(*descriptor);
  EXPECT_TRUE(listen_at_path(path)) << "what is left of a process that is gone is replaced";
  std::filesystem::remove(path);
}

TEST(Listening, APathThatCannotBeOneIsRefused) {
  EXPECT_EQ(listen_at_path(std::string(200, 'x')).error().code.name(), "address_not_available");
  EXPECT_EQ(listen_at_path("/proc/nowhere/socket").error().code.name(), "address_not_available");
}

}  // namespace
}  // namespace locksmith::host
