// A gateway on the real machine: what process::GatewayProcess leaves to others. Threads and loops, signals (SIGHUP reloads, SIGTERM drains,
// a second one ends at once), the sandbox, how many files may be open, the log's file, the service manager.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/command.h"
#include "cli/gateway_mark.h"
#include "cli/log_writer.h"
#include "cli/serve_configuration.h"
#include "host/epoll_loop.h"
#include "host/sandbox.h"
#include "host/supervisor.h"
#include "host/uring_loop.h"
#include "process/gateway_process.h"
#include "serving/server.h"
#include "store/key_store.h"

namespace locksmith::cli {

class ServeProcess final : public process::Outside {
 public:
  // `shell` outlives it.
  ServeProcess(ServeFlags flags, ServeOptions options, const Shell& shell);
  ~ServeProcess() override;

  // Failure codes: those of make_settings, of the store, of listening, and log_unwritable, certificate_unreadable, descriptors_too_few.
  Result<void> start();
  // Instead of start(): enters the sandbox that serving would, tries what must fail in it, and says what did not. The exit code.
  int try_sandbox();
  // Until it was told to end.
  void run();

  Result<process::Loaded> load() override;
  void adopt() override;
  void say(std::string_view sentence) override;
  void complain(const Failure& failure) override;
  void ready(std::string_view status) override { supervisor_.ready(status); }
  void reloading() override { supervisor_.reloading(); }
  void stopping(std::string_view status) override { supervisor_.stopping(status); }

 private:
  // A worker's loop and the thread that runs it.
  struct Core {
    explicit Core(bool allow_uring) : loop(host::make_loop(allow_uring)) {}
    std::unique_ptr<host::EpollLoop> loop;
    std::thread thread;
  };
  // How the files that may be open are divided.
  struct Share {
    int reserve = 0;                          // never for clients or upstream
    std::size_t operators = 0;                // connections of the admin address, kept ones
    std::size_t operators_with_closing = 0;   // and those that were given up and are not closed yet
  };

  // Where clients come: an address, or a socket that listens already.
  struct Place {
    world::Address address;
    int descriptor = -1;
  };

  Result<void> read_what_serving_needs();
  Result<Place> place_to_listen() const;
  Result<void> listen(const process::Loaded& loaded);
  Result<world::Address> listen_for_operators(const process::Loaded& loaded);
  Share share() const;
  void share_descriptors();
  void share_memory();
  void look_at_memory();
  void confine(const ServeOptions& options);
  void look_for_signals();

  ServeFlags flags_;
  ServeOptions started_;                // what the sockets, the store and the threads were made of
  const Shell& shell_;
  host::Supervisor supervisor_;
  std::unique_ptr<store::KeyStore> store_;
  std::optional<GatewayMark> mark_;     // beside the store, while it serves
  std::optional<model::ledger::PriceList> prices_;
  std::unique_ptr<model::diagnosis::Examiner> examiner_;
  int descriptor_limit_ = 0;
  bool told_shortage_ = false;
  std::uint64_t memory_looks_ = 0, requests_at_trim_ = 0;
  int log_descriptor_ = -1;
  int loaded_log_ = -1;                 // of the last load(), until it is adopted
  std::unique_ptr<LogWriter> log_;
  std::vector<std::unique_ptr<Core>> cores_;
  host::EpollLoop own_loop_;
  std::unique_ptr<process::GatewayProcess> process_;
  std::unique_ptr<serving::Server> operators_;
};

}  // namespace locksmith::cli
