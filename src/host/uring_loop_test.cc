// What only the loop on io_uring can do wrong: its streams wait in lists of their own.
#include "host/uring_loop.h"

#include <gtest/gtest.h>

#include <string_view>

namespace locksmith::host {
namespace {

struct Server : world::AcceptHandler, world::StreamHandler {
  bool closed = false;
  void on_accept(world::Stream& stream) override { stream.set_handler(*this); }
  void on_open(world::Stream&) override {}
  void on_bytes(world::Stream&, std::string_view) override {}
  void on_drained(world::Stream&) override {}
  // The receive has ended, so the kernel holds nothing of this stream.
  void on_peer_finished(world::Stream& stream) override {
    stream.write("too late");
    stream.abort();
  }
  void on_closed(world::Stream&, const world::Closing&) override { closed = true; }
};

struct Client : world::StreamHandler {
  world::Loop& loop;
  explicit Client(world::Loop& l) : loop(l) {}
  void on_open(world::Stream& stream) override { stream.finish(); }
  void on_bytes(world::Stream&, std::string_view) override {}
  void on_drained(world::Stream&) override {}
  void on_closed(world::Stream&, const world::Closing&) override {
    loop.after(10ms, [this] { loop.stop(); });  // a few turns more
  }
};

TEST(UringLoop, AStreamThatIsWrittenToAndClosedInOneTurnIsForgotten) {
  if (!UringLoop::is_available()) GTEST_SKIP() << "this kernel has no io_uring that serves";
  UringLoop loop(0);  // never at once: what is written waits for the turn's end
  Server server;
  const auto address = loop.listen({world::Family::ipv4, {127, 0, 0, 1}, 0}, {}, server);
  ASSERT_TRUE(address);
  Client client(loop);
  loop.dial(*address, {5s}, client);
  loop.run();
  EXPECT_TRUE(server.closed);
}

}  // namespace
}  // namespace locksmith::host
