// The running gateway: workers on threads of their own, and this thread, which answers the operator, follows the store, and
// takes signals. SIGHUP reloads, SIGTERM drains, a second SIGTERM ends at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/command.h"
#include "cli/log_writer.h"
#include "cli/serve_configuration.h"
#include "gateway/admin.h"
#include "gateway/worker.h"
#include "host/epoll_loop.h"
#include "host/sandbox.h"
#include "host/supervisor.h"
#include "host/uring_loop.h"
#include "store/key_store.h"
#include "vocabulary/limits/serving.h"

namespace locksmith::cli {

class GatewayServer final : public gateway::AdminSource {
 public:
  // `shell` outlives it.
  GatewayServer(ServeFlags flags, ServeOptions options, const Shell& shell);
  ~GatewayServer() override;

  // Failure codes: those of make_settings, of the store, of listening, and log_unwritable, certificate_unreadable.
  Result<void> start();
  // Instead of start(): enters the sandbox that serving would, tries what must fail in it, and says what did not. The exit code.
  int try_sandbox();
  // Until it was told to end.
  void run();

  std::vector<const gateway::Counters*> counters() override;
  std::string not_ready() override;
  void find_failure(std::string id, std::move_only_function<void(std::optional<gateway::Failed>)> done) override;
  void find_status(std::move_only_function<void(gateway::Status)> done) override;

 private:
  // One worker with its loop and thread.
  struct Core {
    explicit Core(bool allow_uring) : made(host::make_loop(allow_uring)), loop(*made) {}
    std::unique_ptr<host::EpollLoop> made;
    host::EpollLoop& loop;
    std::unique_ptr<gateway::Worker> worker;
    std::thread thread;
    std::atomic<bool> drained = false;
  };
  // All that a reload replaces, read and found good before the first of it is used.
  struct Loaded {
    ServeOptions options;
    std::shared_ptr<const gateway::Settings> settings;
    std::shared_ptr<const world::TlsServerOptions> tls;  // null: plain
    int log = -1;
  };

  Result<Loaded> load();
  host::SandboxPaths paths_of(const ServeOptions& options) const;
  void confine(const ServeOptions& options);
  Result<void> read_keys();
  Result<void> listen(const Loaded& loaded);
  void share_descriptors();
  void look_after();
  void follow_store();
  void take_signal(int number);
  void reload();
  void use(Loaded loaded);
  void begin_drain();
  // Of the settings that only a start takes, the names of those that differ.
  std::string changed_for_good(const ServeOptions& options) const;

  ServeFlags flags_;
  ServeOptions started_;   // what the sockets, the store and the threads were made of
  Duration drain_ = limits::kDrain;
  const Shell& shell_;
  host::Supervisor supervisor_;
  std::unique_ptr<store::KeyStore> store_;
  std::uint64_t store_generation_ = 0;
  bool store_broken_ = false;
  store::Accounts accounts_;
  std::shared_ptr<const gateway::Settings> settings_;
  std::shared_ptr<const gateway::KeyRing> keys_;
  std::optional<model::ledger::PriceList> prices_;
  std::unique_ptr<model::diagnosis::Examiner> examiner_;
  int descriptor_limit_ = 0;
  int log_descriptor_ = -1;
  std::unique_ptr<LogWriter> log_;
  std::vector<std::unique_ptr<Core>> cores_;
  host::EpollLoop admin_loop_;
  std::unique_ptr<gateway::Admin> admin_;
  Instant since_{};
  std::string reload_failed_;
  bool stopping_ = false;  // told to end; still serving for limits::kDrainNotice
  bool draining_ = false;
};

}  // namespace locksmith::cli
