// The examination under way: what every round of it shares. Private to this folder.
//
// First round: the path without a credential, and the credential's own requests, side by side. Second round, only where
// something failed: the isolation tests, the account, the status page. All of it within limits::kExamination.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "doctor/examination/echo.h"
#include "doctor/examination/examination.h"
#include "doctor/examination/isolation.h"
#include "doctor/examination/name_system.h"
#include "model/evidence/claude_hosts.h"
#include "upstream/exchange.h"

namespace locksmith::doctor::examination {

// A path that every one may ask without a credential: who answers, and does the way lead there?
inline constexpr std::string_view kHello = "/api/hello";

inline bool is_official(std::string_view host) { return host == model::evidence::kApiHost; }

class Prober {
 public:
  Prober(world::Loop& loop, survey::Survey survey, const Options& options, const std::function<void(const Tried&)>& progress);
  Examination run();

 private:
  // --- bookkeeping: examination.cc
  void tell(Tried tried);
  bool is_interrupted();
  void skip(std::string what, std::string why) { tell({std::move(what), Outcome::skipped, std::move(why), {}, {}}); }
  void tell_exchange(std::string what, const upstream::Observed& seen, bool passed, std::string changed = {});
  void note(std::string_view observation);
  void fail_with(const upstream::Observed& seen, std::string_view method, std::string_view path);
  bool client_skips_verification() const;
  Duration left(Duration wanted) const;
  void begin() { ++under_way_; }
  void end();

  void report_credential();
  void observe_base();
  void choose_proxy();
  void observe_hosts_file();

  // --- requests
  upstream::Plan plan(std::string_view method, std::string_view path, Duration deadline) const;
  void trust_as_client(upstream::Plan& plan) const;
  // The client's own request, custom headers and all; with another value or header only that one thing is changed.
  upstream::Plan with_credential(upstream::Plan plan, std::string_view value, survey::Header header) const;
  std::string model_to_ask() const;
  static std::string question_body(const std::string& model, std::string_view more = {});
  upstream::Plan question(const std::string& model, std::string_view path, std::string_view more) const;
  void send(upstream::Plan plan, std::move_only_function<void(upstream::Observed)> done);
  const survey::Held& winner() const { return result_.survey.held[*result_.survey.winner]; }
  // False also where the client first fetches a token: what it would fetch it with is not for the API.
  // Whether the client's request carries a credential whose bytes are known: the chain's, or a custom header's.
  bool sends_credential() const;
  bool has_secret() const { return result_.survey.winner && !winner().value.empty() && !winner().exchanged; }
  std::string_view sent_value() const { return sent_.reveal(); }
  void compose();

  // --- first_round.cc
  void start_first_round();
  void tell_not_sent();
  void fail_in_clear();
  void probe_path();
  void probe_models();
  void on_models(const upstream::Observed& seen);
  bool is_unserved(const upstream::Observed& seen) const;
  void on_unserved(const upstream::Observed& seen);
  void ask_for_messages();
  void on_works();
  void learn_from(const upstream::Observed& seen);
  void probe_count(std::string model);
  void probe_deep(const std::string& model, int max_tokens = 0);
  void probe_large(const std::string& model);
  void probe_stream(const std::string& model);

  // --- way.cc
  void ask_nameservers();
  void ask_nameserver(const world::Address& server, std::string_view name, wire::dns::Type type);
  void observe_name_system();
  void try_dns_address();
  void ask_echo(std::move_only_function<void(std::optional<Received>)> done);
  void observe_arrival();
  void try_families(const upstream::Observed& first);

  // --- second_round.cc
  void start_second_round();
  void isolate(Isolation test);
  void isolate_request(std::string what, upstream::Plan plan, std::string changed, std::string_view observation_if_it_works);
  upstream::Plan without_custom_headers(upstream::Plan plan) const;
  upstream::Plan failed_request(std::string_view value, survey::Header header) const;
  void ask_further(std::string_view repaired);
  void ask_status_page(std::size_t which);
  void ask_account();

  world::Loop& loop_;
  const Options& options_;
  const std::function<void(const Tried&)>& progress_;
  Examination result_;
  upstream::Target target_;
  std::optional<upstream::Target> proxy_;
  std::optional<upstream::Observed> hello_;  // refused before the API: see probe_path()
  std::vector<NameQuestion> asked_;                   // of nameservers, directly
  std::string hosts_address_;                  // that the hosts file gives to the host, or empty
  std::optional<world::Address> dns_address_;  // that DNS gives instead of it
  std::vector<FieldPrint> sent_fields_;        // of GET /v1/models, where --echo is to say what arrived
  std::optional<std::int64_t> echoed_before_;  // the far end's last request before ours
  std::vector<std::string> listed_models_;
  std::optional<upstream::Observed> unserved_;  // of GET /v1/models, where a gateway may serve other paths only
  std::string failed_path_;    // of the request whose failure is told of
  std::string failed_method_;
  std::string failed_body_;
  Secret meant_;               // the credential without what surrounds it
  Secret sent_;                // the credential as the client puts it into a header, else as it is stored
  Tick started_{};
  int under_way_ = 0;
  bool failed_ = false;
};

}  // namespace locksmith::doctor::examination
