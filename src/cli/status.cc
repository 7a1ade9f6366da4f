// locksmith status: how a running gateway fares.
#include <fmt/core.h>

#include <memory>
#include <string>

#include "cli/ask_gateway.h"
#include "cli/command.h"
#include "doctor/present/page.h"
#include "vocabulary/shown.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using doctor::present::Ink;
using doctor::present::Page;
using wire::json::Value;

std::string text(Value value) { return std::string(value.string_or("")); }
std::int64_t number(Value value) { return value.as_integer().value_or(0); }

std::string page_of(const Value& status, bool color) {
  Page page({.color = color, .width = 80});
  if (status["ready"].as_boolean().value_or(false)) {
    page.ink(Ink::green, "ready");
  } else {
    page.ink(Ink::red, "not ready").text(": " + text(status["not_ready"]));
  }
  if (const std::string why = text(status["no_credential"]); !why.empty()) page.text(", ").ink(Ink::red, "but no request can succeed").text(": " + why);
  page.line(fmt::format(", since {}, {} workers", text(status["since"]), number(status["workers"])));
  if (const std::string failed = text(status["reload_failed"]); !failed.empty()) {
    page.ink(Ink::yellow, "the last reload changed nothing").line(": " + failed);
  }
  page.line(fmt::format("{} requests so far, {} of {} connections open, {} streams under way", number(status["requests"]),
                        number(status["connections"]), number(status["connections_limit"]), number(status["streams_in_flight"])));
  const Value keys = status["keys"];
  page.line(fmt::format("keys: {} active, {} suspended, {} revoked, {} expired", number(keys["active"]), number(keys["suspended"]),
                        number(keys["revoked"]), number(keys["expired"])));
  if (number(keys["damaged"]) > 0) page.ink(Ink::yellow, "damaged").line(fmt::format(": {} rows of the store are no keys; see locksmith keys list", number(keys["damaged"])));
  page.line().ink(Ink::bold, "Credentials of the API").line();
  status["credentials"].for_each_element([&](Value credential) {
    const std::int64_t rests = number(credential["rests_seconds"]);
    const std::string cause = text(credential["cause"]);
    page.text(fmt::format("  {:<20} ", text(credential["name"])));
    const bool fails = credential["fails"].as_boolean().value_or(false);
    const std::string rest = rests > 0 ? fmt::format("rests {} s more", rests) : std::string("in use");
    page.ink(fails ? Ink::red : rests > 0 ? Ink::yellow : Ink::green, fails ? "refused, " + rest : rest);
    page.line(cause.empty() ? "" : fmt::format("   {}: {}", fails || rests > 0 ? "because of" : "last failure", cause));
  });
  page.line().ink(Ink::bold, "Failures by cause").line();
  if (status["failures"].size() == 0) page.line("  none");
  status["failures"].for_each_element([&](Value failure) {
    page.text(fmt::format("  {:>6}  ", number(failure["count"]))).ink(Ink::bold, text(failure["cause"]));
    const std::string id = text(failure["last_id"]);
    page.line(id.empty() ? "" : fmt::format("   last {} {}", text(failure["last_at"]), id));
  });
  page.line().line("One of them: locksmith explain ID or locksmith explain CAUSE");
  return page.take();
}

int show(const std::string& admin, const Shell& shell) {
  const auto answer = ask_gateway(admin_address(admin), "/status");
  if (!answer) return report(answer.error(), shell);
  wire::json::Reader reader;
  const auto status = reader.parse(answer->body);
  if (answer->status != 200 || !status || (*status)["schema"].string_or("") != "locksmith.status/1") {
    return report(Failure{FailureCode("gateway_answer_foreign"), "What answers there is no gateway of this version.",
                          "Check the address: locksmith serve prints it.", Blame::outside}, shell);
  }
  if (shell.json) {
    fmt::print("{}", shown_lines(answer->body));
  } else {
    fmt::print("{}", page_of(*status, use_color(shell)));
  }
  return (*status)["ready"].as_boolean().value_or(false) ? ExitCode::healthy : ExitCode::problem_found;
}

}  // namespace

void add_status(const Command& root, Shell& shell) {
  auto admin = std::make_shared<std::string>();
  const Command command = root.command("status", "How a running gateway fares: readiness, keys, credentials, failures by cause");
  command.option("--admin", *admin, "Its admin address; else LOCKSMITH_ADMIN, else 127.0.0.1:8786").takes("IP:PORT|URL");
  command.footer("Example:\n  locksmith status --admin 127.0.0.1:8786\n\nEnds with 0 where it is ready and 1 where it is not.");
  command.run([admin, &shell] { shell.exit_code = show(*admin, shell); });
}

}  // namespace locksmith::cli
