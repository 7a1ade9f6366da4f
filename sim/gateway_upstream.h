// The API behind a simulated gateway: it answers by chance, fails as the scene says, and keeps what it executed and billed
// for every request that it was sent.
//
// Checked here: which credentials come, that no request is executed twice that must not be, that bodies arrive as they were
// sent, and that nothing comes with a key that is revoked.
#pragma once

#include <memory>
#include <vector>

#include "gateway_scene.h"
#include "wire/http1/reader.h"

namespace locksmith::sim {

class GatewayUpstream final : public world::AcceptHandler {
 public:
  explicit GatewayUpstream(Scene& scene);
  ~GatewayUpstream() override;
  void on_accept(world::Stream& stream) override;

 private:
  class Peer;
  Scene& scene_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

}  // namespace locksmith::sim
