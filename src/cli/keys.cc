// locksmith keys: virtual keys in the store.
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/duration_text.h"
#include "cli/serve_configuration.h"
#include "cli/store_url.h"
#include "cli/tell.h"
#include "cli/variables.h"
#include "host/machine.h"
#include "host/real_chance.h"
#include "host/real_clock.h"
#include "model/tenant/virtual_key.h"
#include "vocabulary/limits/settings.h"
#include "wire/digest/sha256.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using model::tenant::KeyState;
using model::tenant::shown_name;
using model::tenant::VirtualKey;

constexpr const char* kExample =
    "Examples:\n"
    "  locksmith keys create --name checkout-service --expires 90d\n"
    "  KEY=$(locksmith keys create --name ci --quiet)\n"
    "  locksmith keys list\n"
    "  locksmith keys revoke checkout-service\n\n"
    "The secret is printed once, when the key is made; the store keeps only its SHA-256.\n"
    "A running gateway that uses the same store knows of every change within 50 ms. suspend and revoke ask it: they end with 0\n"
    "where every gateway of this store confirmed that the key is refused, or where none runs, and with 3 where one did not.";

struct Options {
  std::string store;   // after settle(): as --store would have it
  std::string config;
  std::string admin;   // after settle(): the configured one, empty where there is none
  std::string workspace = "default";
  std::optional<std::string> name;  // none: the key is known by its id alone
  std::string expires;
  std::string which;
  bool quiet = false;
};

// --store and --admin, else the variables, else the configuration. Without a configuration the rest of the variables is not looked at.
Result<void> settle(Options& options) {
  const host::RealEnvironment environment;
  if (auto good = check_variables(environment); !good) return good;
  ServeFlags flags;
  flags.config = options.config;
  if (configuration_file(flags, environment).empty()) {
    if (const auto variable = environment.variable("LOCKSMITH_ADMIN"); options.admin.empty() && variable) options.admin = variable->reveal();
    return {};
  }
  if (!options.store.empty()) flags.values["store"] = options.store;
  const auto read = read_serve_options(flags, environment, host::RealFiles());
  if (!read) return std::unexpected(read.error());
  options.store = read->store;
  // Port 0 is one that the gateway chose; its mark beside the store has it.
  if (options.admin.empty() && !read->admin.ends_with(":0")) options.admin = read->admin;
  return {};
}

// What the gateway makes of it now: the store does not change when a key's time is over.
std::string_view state_now(const VirtualKey& key) {
  const bool over = key.state == KeyState::active && key.expires && *key.expires <= host::RealClock().now();
  return over ? "expired" : name(key.state);
}

void append_key(wire::json::Writer& json, const VirtualKey& key) {
  json.begin_object().member("id", key.id.value()).member("name", key.name).member("workspace", key.workspace.value());
  json.member("state", state_now(key)).member("tail", key.tail).member("created", to_rfc3339(key.created));
  json.key("expires");
  key.expires ? json.string(to_rfc3339(*key.expires)) : json.null();
  json.end_object();
}

std::string key_document(const VirtualKey& key, const Confirmations* confirmations = nullptr) {
  std::string out;
  wire::json::Writer json(out, true);
  json.begin_object().member("schema", "locksmith.key/1").key("key");
  append_key(json, key);
  if (confirmations != nullptr) {
    json.key("gateways").begin_array();
    for (const Confirmation& one : confirmations->gateways) {
      json.begin_object().member("admin", one.admin).member("confirmed", one.confirmed).member("workers", one.workers);
      json.member("why_not", one.why_not).end_object();
    }
    json.end_array();
  }
  json.end_object();
  return out;
}

// Past stdout's buffer, which would be tried again at the end. False, with errno, where not all of it arrived: also where the
// reader has left, because the key must be revoked before the end.
bool write_out(std::string_view text) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EINTR) {
      break;
    }
  }
  const int error = errno;
  std::signal(SIGPIPE, before);
  errno = error;
  return text.empty();
}

// A key whose secret nobody has must not stay: it would be active, and its name taken.
std::unexpected<Failure> take_back(store::KeyStore& store, const VirtualKey& key, int error) {
  const std::string what = std::string("The new key could not be written out (") + std::strerror(error) + ")";
  if (const auto revoked = store.set_state(key.id.value(), KeyState::revoked); !revoked) {
    return fail(FailureCode("output_not_written"), what + ", and it stays active: it could not be revoked either.",
                "Revoke it: locksmith keys revoke " + key.id.value(), Blame::user);
  }
  return fail(FailureCode("output_not_written"), what + ", so it was revoked at once; its name is free.",
              "Check where the output goes and the space there, then make it again.", Blame::user);
}

Result<void> check_name(std::string_view what, std::string_view name) {
  if (model::tenant::is_good_name(name)) return {};
  return fail(FailureCode("key_name_invalid"),
              fmt::format("The {} must have 1 to {} characters, and no line breaks or other control characters.", what, limits::kKeyName),
              "Choose another, for example checkout-service.", Blame::user);
}

Result<void> create(const Options& options, const Shell& shell) {
  if (options.name) {
    if (auto good = check_name("name", *options.name); !good) return good;
  }
  if (auto good = check_name("workspace", options.workspace); !good) return good;
  auto store = open_key_store(options.store);
  if (!store) return std::unexpected(store.error());
  host::RealChance chance;
  VirtualKey key;
  std::array<std::uint8_t, model::tenant::kKeyRandomBytes> random;
  std::array<std::uint8_t, 12> id_random;
  chance.fill(random);
  chance.fill(id_random);
  const Secret text = model::tenant::make_key_text(random);
  wipe(reinterpret_cast<char*>(random.data()), random.size());
  key.id = model::tenant::make_key_id(id_random);
  key.name = options.name.value_or("");
  key.workspace = model::tenant::WorkspaceName(options.workspace);
  key.digest = wire::digest::sha256(text.reveal());
  key.tail = text.reveal().substr(text.size() - 4);
  key.created = host::RealClock().now();
  if (!options.expires.empty()) {
    const auto after = parse_duration(options.expires, "--expires 90d");
    if (!after) return std::unexpected(after.error());
    key.expires = key.created + *after;
  }
  if (auto added = (*store)->add(key); !added) return added;
  std::string out;
  if (options.quiet) {
    out = fmt::format("{}\n", text.reveal());
  } else if (shell.json) {
    // The one place where a secret is printed in a document: it was asked for, and is never shown again.
    wire::json::Writer json(out, true);
    json.begin_object().member("schema", "locksmith.key/1").member("secret", text.reveal()).key("key");
    append_key(json, key);
    json.end_object();
    out += '\n';
  } else {
    out = fmt::format("{}\n\nThis is the key, shown once. Its id is {}{}.\n", text.reveal(), key.id.value(),
                      key.expires ? ", it ends at " + to_rfc3339(*key.expires) : std::string());
  }
  const bool written = write_out(out);
  const int error = errno;
  wipe(out.data(), out.size());
  if (!written) return take_back(**store, key, error);
  return {};
}

Result<void> list(const Options& options, const Shell& shell) {
  auto store = open_key_store(options.store);
  if (!store) return std::unexpected(store.error());
  const auto listing = (*store)->list();
  if (!listing) return std::unexpected(listing.error());
  for (const std::string& id : listing->damaged) {
    tell("locksmith: the key {} is damaged in the store, so every gateway refuses it [key_damaged]\n", shown_name(id));
  }
  if (shell.json) {
    std::string out;
    wire::json::Writer json(out, true);
    json.begin_object().member("schema", "locksmith.keys/1").key("keys").begin_array();
    for (const VirtualKey& key : listing->keys) append_key(json, key);
    json.end_array().key("damaged").begin_array();
    for (const std::string& id : listing->damaged) json.string(id);
    json.end_array().end_object();
    fmt::print("{}\n", out);
    return {};
  }
  if (listing->keys.empty()) {
    fmt::print("There are no keys yet. Make one: locksmith keys create --name NAME\n");
    return {};
  }
  fmt::print("{:<23} {:<20} {:<12} {:<10} {:<6} {}\n", "ID", "NAME", "WORKSPACE", "STATE", "ENDS", "EXPIRES");
  for (const VirtualKey& key : listing->keys) {
    fmt::print("{:<23} {:<20} {:<12} {:<10} …{:<5} {}\n", key.id.value(), shown_name(key.name), shown_name(key.workspace.value()),
               state_now(key), key.tail, key.expires ? to_rfc3339(*key.expires) : "never");
  }
  return {};
}

void tell_confirmations(const VirtualKey& key, const Confirmations& confirmations) {
  const std::string which = fmt::format("{} ({})", key.id.value(), key.name.empty() ? "no name" : shown_name(key.name));
  const std::string_view state = state_now(key);
  if (confirmations.all()) {
    fmt::print("{} is now {}.\n", which, state);
  } else {
    fmt::print("{} is {} in the store, but not in every gateway: it may still work.\n", which, state);
  }
  for (const Confirmation& one : confirmations.gateways) {
    const std::string admin = shown_name(one.admin);
    one.confirmed ? fmt::print("  confirmed by the gateway on {} ({} worker{})\n", admin, one.workers, one.workers == 1 ? "" : "s")
                  : fmt::print("  not confirmed by the gateway on {}: {}\n", admin, shown_name(one.why_not));
  }
  if (confirmations.gateways.empty()) fmt::print("  nobody confirmed it: no gateway serves from this store\n");
}

// Exit 0 of revoke means that the key is dead, so a gateway that does not say so is asked until kAskGateway and then named.
Result<void> change(const Options& options, Shell& shell, KeyState state) {
  const auto path = key_store_path(options.store);
  if (!path) return std::unexpected(path.error());
  auto store = open_key_store(options.store);
  if (!store) return std::unexpected(store.error());
  const auto key = (*store)->set_state(options.which, state);
  if (!key) return std::unexpected(key.error());
  const Confirmations confirmations = ask_who_follows(*path, options.admin, key->id.value(), name(state));
  if (shell.json) {
    fmt::print("{}\n", key_document(*key, &confirmations));
  } else {
    tell_confirmations(*key, confirmations);
  }
  if (!confirmations.all()) {
    shell.exit_code = ExitCode::undetermined;
    tell("  {}\n", "Restart the gateway that did not confirm, or name its admin address: --admin IP:PORT");
  }
  return {};
}

Result<void> show(const Options& options, const Shell& shell) {
  auto store = open_key_store(options.store);
  if (!store) return std::unexpected(store.error());
  const auto listing = (*store)->list();
  if (!listing) return std::unexpected(listing.error());
  for (const VirtualKey& key : listing->keys) {
    if (key.id.value() != options.which && key.name != options.which) continue;
    if (shell.json) {
      fmt::print("{}\n", key_document(key));
    } else {
      fmt::print("id         {}\nname       {}\nworkspace  {}\nstate      {}\nends in    …{}\ncreated    {}\nexpires    {}\n", key.id.value(),
                 shown_name(key.name), shown_name(key.workspace.value()), state_now(key), key.tail, to_rfc3339(key.created),
                 key.expires ? to_rfc3339(*key.expires) : "never");
    }
    return {};
  }
  return fail(FailureCode("key_not_found"), "No key has this id or name.", "See the keys there are: locksmith keys list", Blame::user);
}

}  // namespace

void add_keys(const Command& root, Shell& shell) {
  const Command command = root.command("keys", "Virtual keys: what apps send to the gateway instead of a real key");
  command.needs_command();
  command.footer(kExample);
  auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* about, auto run) {
    const Command sub = command.command(name, about);
    sub.option("--store", options->store, "sqlite:PATH; else LOCKSMITH_STORE, else of the configuration, else in the user's data folder").takes("URL");
    sub.option("--config", options->config, "The gateway's settings, for its store and admin address; else LOCKSMITH_CONFIG").takes("FILE");
    sub.run([options, &shell, run] {
      const Result<void> settled = settle(*options);
      const Result<void> done = settled ? run(*options, shell) : settled;
      if (done) return;
      if (done.error().code.name() == "output_not_written") shell.json = false;  // stdout is what fails
      shell.exit_code = report(done.error(), shell);
    });
    return sub;
  };
  const Command made = add("create", "Make a key; its secret is printed once", create);
  made.option("--name", options->name, "A word for it, unique in its workspace");
  made.option("--workspace", options->workspace, "The gateway's own workspaces").shows_default();
  made.option("--expires", options->expires, "After how long it ends: 30s, 15m, 12h, 90d").takes("DURATION");
  made.flag("--quiet", options->quiet, "The secret alone on stdout");
  add("list", "All keys, the oldest first", list);
  add("show", "One key", show).option("KEY", options->which, "Its id or name").required();
  const auto with_state = [](KeyState state) {
    return [state](const Options& given, Shell& shown) { return change(given, shown, state); };
  };
  const auto add_change = [&](const char* name, const char* about, KeyState state) {
    const Command sub = add(name, about, with_state(state));
    sub.option("KEY", options->which, "Its id or name").required();
    sub.option("--admin", options->admin, "Also this gateway must confirm; else LOCKSMITH_ADMIN, else of the configuration").takes("IP:PORT|URL");
  };
  add_change("suspend", "Refuse a key until it is resumed", KeyState::suspended);
  add_change("resume", "Accept a suspended key again", KeyState::active);
  add_change("revoke", "Refuse a key for good, from the next request on", KeyState::revoked);
}

}  // namespace locksmith::cli
