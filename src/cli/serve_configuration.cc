#include "cli/serve_configuration.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>
#include <utility>

#include "cli/duration_text.h"
#include "cli/listen_text.h"
#include "cli/store_url.h"
#include "cli/variables.h"
#include "gateway/endpoint.h"
#include "model/credential/credential.h"
#include "upstream/target.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/limits/settings.h"
#include "vocabulary/text.h"
#include "wire/toml/toml.h"

namespace locksmith::cli {
namespace {

using wire::toml::Kind;
using wire::toml::Member;
using wire::toml::Value;

constexpr double kWorkers = static_cast<double>(limits::kMostWorkers);
constexpr double kPerMinute = static_cast<double>(limits::kMostPerMinute);
constexpr double kConcurrent = static_cast<double>(limits::kMostConcurrent);

constexpr double kLeastSpend = 1e-9;  // what Money counts in

const std::array kSettings{
    ServeSetting{"listen", &ServeOptions::listen, 0, "IP:PORT", "Where clients come; port 0 takes a free one; or unix:/PATH"},
    ServeSetting{"admin", &ServeOptions::admin, 0, "IP:PORT", "Metrics, health, status and explain"},
    ServeSetting{"admin_names", &ServeOptions::admin_names, 0, "NAME,…", "Host names by which the admin address may be asked"},
    ServeSetting{"admin_token_file", &ServeOptions::admin_token_file, 0, "FILE", "A token that operators send, in a file of mode 0600"},
    ServeSetting{"upstream", &ServeOptions::upstream, 0, "URL", "The API's base URL"},
    ServeSetting{"upstream_ca", &ServeOptions::upstream_ca, 0, "FILE", "A CA that the API's certificate may come from, beside the system's"},
    ServeSetting{"upstream_proxy", &ServeOptions::upstream_proxy, 0, "URL", "An HTTP proxy on the way to the API; one with a login as a variable only"},
    ServeSetting{"credential_file", &ServeOptions::credential_file, 0, "FILE", "The real key, in a file of mode 0600; else ANTHROPIC_API_KEY"},
    ServeSetting{"store", &ServeOptions::store, 0, "URL", "sqlite:PATH; else in the user's data folder"},
    ServeSetting{"log", &ServeOptions::log, 0, "FILE", "One line of JSON a request; - is stderr"},
    ServeSetting{"tls_cert", &ServeOptions::tls_certificate, 0, "FILE", "Serve TLS with this chain (PEM)"},
    ServeSetting{"tls_key", &ServeOptions::tls_key, 0, "FILE", "Its key (PEM)"},
    ServeSetting{"workers", &ServeOptions::workers, kWorkers, "N", "Threads; 0 is one a core"},
    ServeSetting{"io", &ServeOptions::io, 0, "NAME", "auto: io_uring where the kernel allows it; or epoll"},
    ServeSetting{"requests_per_minute", &ServeOptions::requests_per_minute, kPerMinute, "N", "Of each key; 0 is no limit"},
    ServeSetting{"concurrent_requests", &ServeOptions::concurrent_requests, kConcurrent, "N", "Of each key; 0 is no limit"},
    ServeSetting{"spend_usd", &ServeOptions::spend_usd, limits::kMostSpendUsd, "USD", "Of each key, while the gateway runs; 0 is no limit"},
    ServeSetting{"on_limit", &ServeOptions::on_limit, 0, "NAME", "refuse: a request without room for the most that it can cost; or cut: its stream, where the limit is"},
    ServeSetting{"on_disconnect", &ServeOptions::on_disconnect, 0, "NAME", "close: the answer of a client that left; or drain: read its usage"},
    ServeSetting{"models", &ServeOptions::models, 0, "NAME,…", "Beginnings of the models that may be used; else all"},
    ServeSetting{"endpoints", &ServeOptions::endpoints, 0, "PATH,…", "Paths that are forwarded beside the API's known ones, with all below them"},
    ServeSetting{"first_byte", &ServeOptions::first_byte, 0, "TIME", "The longest wait for an answer to begin, such as 600s"},
    ServeSetting{"silence", &ServeOptions::silence, 0, "TIME", "The longest silence within an answer, such as 120s"},
    ServeSetting{"sandbox", &ServeOptions::sandbox, 0, "true|false", "Give up all files and system calls that serving does not need"},
    ServeSetting{"drain", &ServeOptions::drain, 0, "TIME", "After SIGTERM, the longest that answers under way may take"},
};

std::unexpected<Failure> wrong(const std::string& where, const std::string& what, std::string next_step) {
  return fail(FailureCode("configuration_value_wrong"), where + ": " + what + ".", std::move(next_step), Blame::user);
}

// std::ranges::contains, which g++ 12 does not have.
template <class Range, class Value, class Projection = std::identity>
bool contains(const Range& range, const Value& value, Projection projection = {}) {
  return std::ranges::find(range, value, projection) != std::ranges::end(range);
}

// --- Names -------------------------------------------------------------------------------------------------------------------

std::unexpected<Failure> unknown(const std::string& where, std::string_view name, std::span<const std::string_view> known) {
  constexpr std::size_t kShown = 40;  // of a name that may be anything
  const std::string shown = model::credential::redact(name.substr(0, kShown));
  const auto nearest = std::ranges::min_element(known, {}, [&](std::string_view one) { return edit_distance(name.substr(0, kShown), one); });
  std::string all;
  for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string(one);
  return fail(FailureCode("configuration_key_unknown"),
              where + ": there is no setting \"" + shown + "\"; the nearest is " + std::string(*nearest) + ".", "There are: " + all,
              Blame::user);
}

// --- Values ------------------------------------------------------------------------------------------------------------------

Result<std::string> text_of(const Value& value, const std::string& where, std::string_view name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (value.kind != Kind::text) {
    return wrong(where, std::string(name) + " must be a text in quotes, not " + std::string(to_words(value.kind)),
                 "Write: " + std::string(name) + " = \"…\"");
  }
  if (std::ranges::any_of(value.text, is_control)) return wrong(where, std::string(name) + " holds a control character", "Take it out.");
  return value.text;
}

// Puts one value into its member.
struct Put {
  ServeOptions& options;
  const ServeSetting& setting;
  const Value& value;
  const std::string& where;

  std::string name() const { return std::string(setting.name); }

  Result<void> operator()(std::string ServeOptions::*member) const {
    auto text = text_of(value, where, setting.name);
    if (!text) return std::unexpected(std::move(text.error()));
    options.*member = std::move(*text);
    return {};
  }
  Result<void> operator()(std::int64_t ServeOptions::*member) const {
    const auto most = static_cast<std::int64_t>(setting.most);
    if (value.kind != Kind::integer || value.integer < 0 || value.integer > most) {
      return wrong(where, name() + " must be a whole number from 0 to " + std::to_string(most), "Write it without quotes, for example 12.");
    }
    options.*member = value.integer;
    return {};
  }
  Result<void> operator()(double ServeOptions::*member) const {
    const bool is_number = value.kind == Kind::integer || value.kind == Kind::number;
    if (!is_number || !(value.number >= 0 && value.number <= setting.most)) {
      return wrong(where, name() + " must be a number from 0 to " + std::to_string(static_cast<std::int64_t>(setting.most)),
                   "Write it without quotes, for example 12.50.");
    }
    options.*member = value.number;
    return {};
  }
  Result<void> operator()(bool ServeOptions::*member) const {
    if (value.kind != Kind::boolean) return wrong(where, name() + " must be true or false", "Write: " + name() + " = false");
    options.*member = value.boolean;
    return {};
  }
  Result<void> operator()(Duration ServeOptions::*member) const {
    auto text = text_of(value, where, setting.name);
    if (!text) return std::unexpected(std::move(text.error()));
    const auto duration = parse_duration(*text, "30s");
    if (!duration || *duration > limits::kLongestDeadline) {
      return wrong(where, name() + " must be a time from 1s to 1h", "Write a number and s, m or h in quotes: \"30s\".");
    }
    options.*member = *duration;
    return {};
  }
  Result<void> operator()(std::vector<std::string> ServeOptions::*member) const {
    if (value.kind != Kind::array || value.items.size() > limits::kAllowedModels) {
      return wrong(where, name() + " must be a list of at most " + std::to_string(limits::kAllowedModels) + " texts",
                   "Write: " + name() + " = [\"one\", \"another\"]");
    }
    std::vector<std::string> texts;
    for (const Value& item : value.items) {
      if (item.kind != Kind::text) {
        return wrong(where, name() + " must hold texts in quotes, and element " + std::to_string(texts.size() + 1) + " is " +
                                std::string(to_words(item.kind)),
                     "Write: " + name() + " = [\"one\", \"another\"]");
      }
      auto text = text_of(item, where, setting.name);
      if (!text) return std::unexpected(std::move(text.error()));
      // An empty beginning would allow everything, which nobody who writes a list means.
      if (text->empty()) return wrong(where, name() + " holds an empty text", "Take it out, or the whole list to allow all.");
      if (member == &ServeOptions::endpoints && (!gateway::is_canonical(*text) || text->ends_with('/'))) {
        return wrong(where, name() + " holds a text that is no plain path", "Write: " + name() + " = [\"/v1/skills\"]");
      }
      texts.push_back(std::move(*text));
    }
    options.*member = std::move(texts);
    return {};
  }
};

// A flag's or a variable's text as the file would have it.
Value value_of_text(const ServeSetting& setting, const std::string& text) {
  Value value;
  value.kind = Kind::text;
  value.text = text;
  const char* const end = text.data() + text.size();
  if (std::holds_alternative<std::int64_t ServeOptions::*>(setting.member)) {
    if (std::from_chars(text.data(), end, value.integer).ptr == end && !text.empty()) value.kind = Kind::integer;
  } else if (std::holds_alternative<double ServeOptions::*>(setting.member)) {
    if (std::from_chars(text.data(), end, value.number).ptr == end && !text.empty()) value.kind = Kind::number;
  } else if (std::holds_alternative<bool ServeOptions::*>(setting.member)) {
    if (text == "true" || text == "false") value.kind = Kind::boolean;
    value.boolean = text == "true";
  } else if (std::holds_alternative<std::vector<std::string> ServeOptions::*>(setting.member)) {
    value.kind = Kind::array;
    for (std::size_t start = 0; start <= text.size();) {
      const std::size_t comma = std::min(text.find(',', start), text.size());
      Value& item = value.items.emplace_back();
      item.kind = Kind::text;
      item.text = text.substr(start, comma - start);
      start = comma + 1;
    }
  }
  return value;
}

// --- Credentials in the file -------------------------------------------------------------------------------------------------

std::unexpected<Failure> holds_secret(const std::string& where) {
  return fail(FailureCode("configuration_holds_secret"), where + ": a credential stands in the configuration.",
              "Take it out and rotate it if others can read the file. Put it alone into a file of mode 0600 and name that: file = \"PATH\"",
              Blame::user);
}

Result<CredentialSource> read_source(const Value& table, const std::string& file) {
  constexpr std::array<std::string_view, 5> kNames{"name", "file", "env", "organization", "bearer"};
  constexpr std::array<std::string_view, 5> kSecretNames{"value", "key", "secret", "token", "api_key"};
  const auto place = [&](const Value& value) { return file + ":" + std::to_string(value.line); };
  CredentialSource source;
  source.where = place(table);
  if (table.kind != Kind::table) return wrong(source.where, "credentials must be tables", "Write [[credentials]], then name and file or env.");
  for (const auto& [name, value] : table.members) {
    if (contains(kSecretNames, name)) return holds_secret(place(value));
    if (!contains(kNames, name)) return unknown(place(value), name, kNames);
    if (name == "bearer") {
      if (value.kind != Kind::boolean) return wrong(place(value), "bearer must be true or false", "Write: bearer = true");
      source.bearer = value.boolean;
      continue;
    }
    auto text = text_of(value, place(value), name);
    if (!text) return std::unexpected(std::move(text.error()));
    (name == "name" ? source.name : name == "file" ? source.file : name == "env" ? source.variable : source.organization) = std::move(*text);
  }
  if (source.name.empty()) return wrong(source.where, "a credential has no name", "Write: name = \"main\"; it stands in logs and in status.");
  if (source.file.empty() == source.variable.empty()) {
    return wrong(source.where, "a credential needs either file or env", "Write: file = \"PATH\", of mode 0600, or env = \"VARIABLE\"");
  }
  return source;
}

Result<void> read_sources(const Value& list, const std::string& file, ServeOptions& options) {
  const std::string where = file + ":" + std::to_string(list.line);
  if (list.kind != Kind::array) return wrong(where, "credentials must be a list of tables", "Write [[credentials]], with two brackets.");
  if (list.items.size() > limits::kCredentials) {
    return wrong(where, "there are more than " + std::to_string(limits::kCredentials) + " credentials", "Take some out.");
  }
  for (const Value& table : list.items) {
    auto source = read_source(table, file);
    if (!source) return std::unexpected(std::move(source.error()));
    if (contains(options.credentials, source->name, &CredentialSource::name)) {
      return wrong(source->where, "a second credential has the name \"" + source->name + "\"", "Give each a name of its own.");
    }
    options.credentials.push_back(std::move(*source));
  }
  return {};
}

// --- The file ----------------------------------------------------------------------------------------------------------------

// Of the text before it is read, comments included: what was only commented out is still a credential in a file.
int line_with_credential(std::string_view text) {
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (model::credential::redact(text.substr(0, end)) != text.substr(0, end)) return line;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}

using Places = std::map<std::string_view, std::string>;  // setting -> where its value came from

Result<void> read_file(const std::string& file, const world::Files& files, ServeOptions& options, Places& places) {
  const auto content = files.read(file, limits::kTextFile);
  if (!content) {
    return fail(FailureCode("configuration_unreadable"), "The configuration " + file + " cannot be read.", "Check the path and its permissions.",
                Blame::user);
  }
  if (const int line = line_with_credential(content->reveal()); line > 0) return holds_secret(file + ":" + std::to_string(line));
  const auto document = wire::toml::parse(content->reveal(), file);
  if (!document) return std::unexpected(document.error());
  std::vector<std::string_view> names{"credentials"};
  for (const ServeSetting& setting : kSettings) names.push_back(setting.name);
  for (const auto& [name, value] : document->members) {
    const std::string where = file + ":" + std::to_string(value.line);
    if (name == "credentials") {
      if (auto done = read_sources(value, file, options); !done) return done;
      continue;
    }
    const auto setting = std::ranges::find(kSettings, name, &ServeSetting::name);
    if (setting == kSettings.end()) return unknown(where, name, names);
    if (auto done = std::visit(Put{options, *setting, value, where}, setting->member); !done) return done;
    places[setting->name] = where;
  }
  return {};
}

Result<void> check(const ServeOptions& options, Places& places) {
  const auto at = [&](std::string_view name, auto result) -> Result<void> {
    if (result) return {};
    if (!places[name].empty()) result.error().message = places[name] + ": " + result.error().message;
    return std::unexpected(std::move(result.error()));
  };
  auto listen = socket_path_of(options.listen).empty() ? read_listen_address(options.listen) : Result<world::Address>(world::Address{});
  if (!listen) {
    listen.error().next_step = "Write IP:PORT, for example " + ServeOptions().listen + ", or unix:/PATH.";
    return at("listen", std::move(listen));
  }
  auto admin = read_listen_address(options.admin);
  if (!admin) {
    admin.error().next_step = "Write IP:PORT, for example " + ServeOptions().admin;
    return at("admin", std::move(admin));
  }
  if (*listen == *admin && listen->port != 0) {
    const std::string& where = places[places["admin"].empty() ? "listen" : "admin"];
    return wrong(where, "listen and admin are the same address", "Give each a port of its own.");
  }
  if (!options.store.empty()) {
    if (auto done = at("store", key_store_path(options.store)); !done) return done;
  }
  if (auto done = at("upstream", upstream::parse_target(options.upstream)); !done) return done;
  if (!options.upstream_proxy.empty()) {
    const auto proxy = upstream::parse_proxy(options.upstream_proxy);
    if (auto done = at("upstream_proxy", proxy); !done) return done;
    if (proxy->tls) return wrong(places["upstream_proxy"], "upstream_proxy is an https:// address", "A proxy is spoken to over http://; what goes through it is TLS.");
    if (!proxy->user_info.empty() && places["upstream_proxy"].starts_with("--")) {
      return wrong(places["upstream_proxy"], "a login stands in a flag, which every process list shows", "Set LOCKSMITH_UPSTREAM_PROXY instead.");
    }
  }
  if (options.spend_usd > 0 && options.spend_usd < kLeastSpend) {
    return wrong(places["spend_usd"], "spend_usd is less than the smallest amount that is counted, 0.000000001 USD",
                 "Write 0 for no limit, or a larger amount.");
  }
  if (options.on_limit != "refuse" && options.on_limit != "cut") {
    return wrong(places["on_limit"], "on_limit is neither refuse nor cut", "Leave it out, or write cut.");
  }
  if (options.on_disconnect != "close" && options.on_disconnect != "drain") {
    return wrong(places["on_disconnect"], "on_disconnect is neither close nor drain", "Leave it out, or write drain.");
  }
  if (options.io != "auto" && options.io != "epoll") {
    return wrong(places["io"], "io is neither auto nor epoll", "Leave it out, or write epoll.");
  }
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    const std::string& where = places[options.tls_key.empty() ? "tls_cert" : "tls_key"];
    return wrong(where, "tls_cert and tls_key belong together, and one is missing", "Give both, or neither to serve plain HTTP.");
  }
  return {};
}

}  // namespace

std::string ServeSetting::flag() const {
  std::string text = "--" + std::string(name);
  std::ranges::replace(text, '_', '-');
  return text;
}

std::string ServeSetting::variable() const {
  return "LOCKSMITH_" + upper_case(name);
}

std::span<const ServeSetting> serve_settings() { return kSettings; }

std::string configuration_file(const ServeFlags& flags, const world::Environment& environment) {
  if (!flags.config.empty()) return flags.config;
  const auto variable = environment.variable("LOCKSMITH_CONFIG");
  return variable ? std::string(variable->reveal()) : std::string();
}

Result<ServeOptions> read_serve_options(const ServeFlags& flags, const world::Environment& environment, const world::Files& files) {
  ServeOptions options;
  Places places;
  if (auto done = check_variables(environment); !done) return std::unexpected(std::move(done.error()));
  if (const std::string file = configuration_file(flags, environment); !file.empty()) {
    if (auto done = read_file(file, files, options, places); !done) return std::unexpected(std::move(done.error()));
  }
  const auto take = [&](const ServeSetting& setting, const std::string& text, std::string where) {
    const Value value = value_of_text(setting, text);
    places[setting.name] = std::move(where);
    return std::visit(Put{options, setting, value, places[setting.name]}, setting.member);
  };
  for (const ServeSetting& setting : kSettings) {
    const auto flag = flags.values.find(std::string(setting.name));
    if (flag != flags.values.end()) {
      if (auto done = take(setting, flag->second, setting.flag()); !done) return std::unexpected(std::move(done.error()));
      continue;
    }
    const auto variable = environment.variable(setting.variable());
    if (!variable || variable->empty()) continue;
    if (auto done = take(setting, std::string(variable->reveal()), setting.variable()); !done) return std::unexpected(std::move(done.error()));
  }
  if (auto done = check(options, places); !done) return std::unexpected(std::move(done.error()));
  return options;
}

}  // namespace locksmith::cli
