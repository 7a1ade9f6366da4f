#include "doctor/intake/curl_command.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "doctor/intake/request_judged.h"
#include "doctor/intake/request_shown.h"
#include "doctor/intake/shell_words.h"
#include "model/credential/credential.h"
#include "vocabulary/limits/http.h"
#include "vocabulary/limits/input.h"
#include "vocabulary/text.h"
#include "vocabulary/url.h"

namespace locksmith::doctor::intake {
namespace {

using model::evidence::Evidence;

// Long options of curl that take a value (its manual, versions 7.29 to 8.16). All others stand alone.
constexpr std::string_view kWithValue =
    " abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout "
    "connect-to "
    "continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw "
    "data-urlencode "
    "delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file "
    "engine etag-compare "
    "etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port "
    "happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos "
    "ipfs-gateway json "
    "keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth "
    "mail-from mail-rcpt "
    "max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass "
    "pinnedpubkey "
    "preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type "
    "proxy-ciphers "
    "proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name "
    "proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote "
    "random-file range "
    "rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name "
    "socks4 socks4a "
    "socks5 socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max "
    "tls13-ciphers "
    "tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url url-query "
    "user user-agent "
    "variable vlan-priority write-out ";

struct ShortOption {
  char letter;
  std::string_view name;
};
constexpr std::array<ShortOption, 26> kShortWithValue{
    {{'A', "user-agent"},  {'b', "cookie"},        {'c', "cookie-jar"}, {'C', "continue-at"},
     {'d', "data"},        {'D', "dump-header"},   {'e', "referer"},    {'E', "cert"},
     {'F', "form"},        {'H', "header"},        {'K', "config"},     {'m', "max-time"},
     {'o', "output"},      {'P', "ftp-port"},      {'Q', "quote"},      {'r', "range"},
     {'T', "upload-file"}, {'t', "telnet-option"}, {'u', "user"},       {'U', "proxy-user"},
     {'w', "write-out"},   {'x', "proxy"},         {'X', "request"},    {'y', "speed-time"},
     {'Y', "speed-limit"}, {'z', "time-cond"}}};

using Variables = std::map<std::string, std::string, std::less<>>;

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text[0]) && std::ranges::all_of(text, is_name_char);
}

// "NAME=value" -> its name's length, or 0.
std::size_t assignment_name(const Word& word) {
  const std::size_t equals = word.text.find('=');
  return equals != std::string::npos && is_name(std::string_view(word.text).substr(0, equals)) ? equals : 0;
}

bool is_curl(const Word& word) {
  std::string_view name = word.text;
  if (const std::size_t slash = name.find_last_of("/\\"); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  const std::string lowered = lower_case(name);
  return lowered == "curl" || lowered == "curl.exe";
}

// What may stand before curl: prompts, and words that run what follows them.
bool is_prefix(const Word& word) {
  constexpr std::array<std::string_view, 16> kWords{"time",  "sudo", "env",   "nohup", "command", "exec",
                                                    "watch", "if",   "then",  "do",    "else",    "while",
                                                    "!",     "&",    "until", "PS"};
  const std::string_view text = word.text;
  if (text.empty()) return true;
  return assignment_name(word) != 0 || std::ranges::find(kWords, text) != kWords.end() ||
         text.starts_with("-") || std::string_view("$%#>").find(text.back()) != std::string_view::npos;
}

// The index of the word curl, or npos.
std::size_t find_curl(const std::vector<Word>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_curl(words[i])) return i;
    if (!is_prefix(words[i])) return std::string::npos;
  }
  return std::string::npos;
}

// A part of a word with its expansions: a header's value, the data.
struct Part {
  std::string text;
  std::vector<Expansion> expansions;
  bool wrong_quotes = false;
};
Part part_of(const Word& word, std::size_t from) {
  Part part{word.text.substr(std::min(from, word.text.size())), {}, word.wrong_quotes};
  for (const Expansion& e : word.expansions) {
    if (e.at >= from) part.expansions.push_back({e.at - from, e.size, e.name});
  }
  return part;
}

// Variables whose value the pasted text itself sets are filled in; `filled` is the name of the last of them.
Part filled_in(const Part& part, const Variables& variables, std::string& filled) {
  Part out{{}, {}, part.wrong_quotes};
  std::size_t done = 0;
  for (const Expansion& e : part.expansions) {
    if (e.at < done || e.at + e.size > part.text.size()) continue;
    out.text.append(part.text, done, e.at - done);
    done = e.at + e.size;
    const auto known = variables.find(e.name);
    if (known != variables.end()) {
      filled = e.name;
      if (out.text.size() + known->second.size() <= limits::kCommandText.value) out.text += known->second;
    } else {
      out.expansions.push_back({out.text.size(), e.size, e.name});
      out.text.append(part.text, e.at, e.size);
    }
  }
  out.text.append(part.text, done);
  return out;
}

// One request of one command line.
class RequestReader {
 public:
  RequestReader(const SimpleCommand& command, ShellKind shell, const Variables& variables,
                const Variables& own)
      : command_(command), shell_(shell), variables_(variables), own_(own) {}

  std::size_t read(std::size_t from);  // the index behind its last word
  CurlReading finish();

 private:
  void option(std::string_view name, const Part& value);
  void flag(std::string_view name);
  void header(const Part& raw);
  void data(std::string_view kind, const Part& raw);
  void url(const Part& raw);
  bool given(std::string_view name) const {
    return model::evidence::find_field(e_.request.headers, name) != nullptr;
  }
  Part fill(const Part& part) const {
    std::string ignored;
    return filled_in(part, variables_, ignored);
  }
  std::size_t read_short(const Word& word, std::size_t i);
  std::size_t read_long(const Word& word, std::size_t i);

  const SimpleCommand& command_;
  ShellKind shell_;
  const Variables& variables_;
  const Variables& own_;
  Evidence e_;
  CurlReading out_;
  std::string method_;
  std::optional<std::string> body_;
  bool body_known_ = true;
  bool in_query_ = false;  // -G
  bool headers_known_ = true;
  bool head_ = false;
  bool wrong_quotes_ = false;
};

// Word processors make one long dash of two short ones.
Word with_plain_dash(const Word& word, bool& changed) {
  Word out = word;
  for (const auto& [dash, plain] :
       {std::pair<std::string_view, std::string_view>{"—", "--"}, {"–", "-"}, {"−", "-"}}) {
    if (word.quoted || !word.text.starts_with(dash)) continue;
    out.text = std::string(plain) + word.text.substr(dash.size());
    if (plain == "-" && out.text.size() > 2) out.text.insert(0, "-");
    for (Expansion& e : out.expansions) e.at = e.at + out.text.size() - word.text.size();
    changed = true;
  }
  return out;
}

std::size_t RequestReader::read(std::size_t i) {
  bool only_urls = false;
  for (; i < command_.words.size(); ++i) {
    const Word word = with_plain_dash(command_.words[i], wrong_quotes_);
    wrong_quotes_ |= word.wrong_quotes;
    const std::string_view text = word.text;
    if (!only_urls && (text == "--next" || text == "-:")) return i + 1;
    if (!only_urls && text == "--") {
      only_urls = true;
    } else if (!only_urls && text.starts_with("--")) {
      i = read_long(word, i);
    } else if (!only_urls && text.size() > 1 && text[0] == '-') {
      i = read_short(word, i);
    } else {
      url(part_of(word, 0));
    }
  }
  return i;
}

std::size_t RequestReader::read_long(const Word& word, std::size_t i) {
  const std::string_view text = std::string_view(word.text).substr(2);
  const std::size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  if (kWithValue.find(" " + name + " ") == std::string_view::npos || name.empty()) {
    flag(name);
    return i;
  }
  if (equals != std::string_view::npos) {
    option(name, part_of(word, equals + 3));
    return i;
  }
  if (i + 1 >= command_.words.size()) {
    out_.remarks.push_back("The option --" + name + " stands at the end, without its value.");
    return i;
  }
  wrong_quotes_ |= command_.words[i + 1].wrong_quotes;
  option(name, part_of(command_.words[i + 1], 0));
  return i + 1;
}

// "-sSXPOST" is -s -S -X POST.
std::size_t RequestReader::read_short(const Word& word, std::size_t i) {
  for (std::size_t k = 1; k < word.text.size(); ++k) {
    const char letter = word.text[k];
    const auto known = std::ranges::find(kShortWithValue, letter, &ShortOption::letter);
    if (known == kShortWithValue.end()) {
      flag(std::string_view(word.text).substr(k, 1));
      continue;
    }
    if (k + 1 < word.text.size()) {
      option(known->name, part_of(word, k + 1));
    } else if (i + 1 < command_.words.size()) {
      wrong_quotes_ |= command_.words[++i].wrong_quotes;
      option(known->name, part_of(command_.words[i], 0));
    } else {
      out_.remarks.push_back("The option -" + std::string(1, letter) +
                             " stands at the end, without its value.");
    }
    return i;
  }
  return i;
}

void RequestReader::flag(std::string_view name) {
  if (name == "k" || name == "insecure") observe(e_, "config.tls-verify-off");
  if (name == "G" || name == "get") in_query_ = true;
  if (name == "I" || name == "head") head_ = true;
}

void RequestReader::option(std::string_view name, const Part& value) {
  const std::string text = fill(value).text;
  if (name == "header") {
    header(value);
  } else if (name == "request") {
    const bool letters =
        std::ranges::all_of(trimmed(text), is_letter);
    method_ = letters ? upper_case(trimmed(text)).substr(0, limits::kMethodBytes) : "";
  } else if (name == "url") {
    url(value);
  } else if (name.starts_with("data") || name == "json" || name == "url-query") {
    data(name, value);
  } else if (name == "form" || name == "form-string") {
    body_.emplace();
    body_known_ = false;
  } else if (name == "upload-file") {
    if (method_.empty()) method_ = "PUT";
    body_known_ = false;
  } else if (name == "user-agent") {
    keep_header(e_, "user-agent", text, {});
  } else if (name == "referer") {
    keep_header(e_, "referer", text, {});
  } else if (name == "cookie") {
    keep_header(e_, "cookie", text, {});
  } else if (name == "user") {
    keep_header(e_, "authorization", "Basic x", {});
    out_.remarks.emplace_back(
        "-u sends Basic authentication, which the Claude API does not read: the key belongs in x-api-key.");
  } else if (name == "oauth2-bearer") {
    Part bearer = value;
    bearer.text.insert(0, "Authorization: Bearer ");
    for (Expansion& e : bearer.expansions) e.at += bearer.text.size() - value.text.size();
    header(bearer);
  } else if (name == "proxy" || name == "preproxy" || name == "proxy1.0" || name.starts_with("socks")) {
    e_.settings.proxy = shown_url(name.starts_with("socks") && split_url(text).scheme.empty()
                                      ? std::string(name.substr(0, name.find('-'))) + "://" + text
                                      : text);
  } else if (name == "cacert" || name == "capath") {
    e_.settings.ca_bundle = model::credential::redact(text);
  } else if (name == "resolve" || name == "connect-to") {
    observe(e_, "config.address-pinned");
  } else if (name == "config") {
    headers_known_ = false;
    out_.remarks.emplace_back(
        "A configuration file (-K) is named; it was not read, so it may add what is missing here.");
  }
}

void RequestReader::header(const Part& raw) {
  ValueOrigin origin;
  std::string filled;
  const Part part = filled_in(raw, variables_, filled);
  const std::string_view text = part.text;
  if (text.starts_with('@')) {
    headers_known_ = false;
    out_.remarks.emplace_back("Header fields come from a file (-H @…); it was not read.");
    return;
  }
  const std::size_t colon = text.find_first_of(":;");
  if (colon == std::string_view::npos) {
    const std::string_view name = trimmed(text.substr(0, text.find_first_of(" =")));
    out_.remarks.push_back("A header without a colon is not sent by curl: " +
                           (name.size() < 40 ? model::credential::redact(name) : std::string("…")));
    return;
  }
  const std::string_view name = trimmed(text.substr(0, colon));
  const std::string_view value = trimmed(text.substr(colon + 1));
  if (!filled.empty()) origin.source = "env:" + filled;
  if (!part.expansions.empty() && part.expansions.front().at > colon) {
    const std::string& variable = part.expansions.front().name;
    origin.variable = variable.empty() ? "$(…)" : variable;
    origin.source = variable.empty() ? "helper:shell" : "env:" + variable;
    if (own_.contains(variable)) {
      origin.state = "unset";
      origin.note = "set for curl itself only: the shell fills in $" + variable + " before that";
    }
  }
  const std::size_t before = e_.credentials.size();
  keep_header(e_, name, value, origin);
  // Where curly quotes stood around the credential, they are sent with it.
  if (e_.credentials.size() > before && part.wrong_quotes) {
    auto& flaws = e_.credentials.back().flaws;
    const std::string flaw = shell_ == ShellKind::cmd ? "quoted" : "non-ascii";
    if (std::ranges::find(flaws, flaw) == flaws.end()) flaws.push_back(flaw);
  }
}

void RequestReader::data(std::string_view kind, const Part& raw) {
  const Part part = fill(raw);
  const bool file = part.text.starts_with('@') && kind != "data-raw" && kind != "url-query";
  if (kind == "json") {
    if (!given("content-type")) keep_header(e_, "content-type", "application/json", {});
    if (!given("accept")) keep_header(e_, "accept", "application/json", {});
  }
  if (!body_) {
    body_.emplace();
  } else if (kind != "json") {
    *body_ += '&';
  }
  if (file) {
    if (part.text == "@-" && command_.has_input) {
      *body_ += command_.standard_input;
    } else {
      body_known_ = false;
    }
    return;
  }
  body_known_ = body_known_ && part.expansions.empty() && kind != "data-urlencode" && kind != "url-query";
  if (body_->size() + part.text.size() <= limits::kCommandText.value) *body_ += part.text;
}

void RequestReader::url(const Part& raw) {
  const Part part = fill(raw);
  const std::string_view text = trimmed(part.text);
  if (text.empty()) return;
  if (!e_.request.url.empty()) {
    // A second address is mostly a piece of something that lost its quotes: a credential among them must not
    // be kept.
    out_.remarks.emplace_back(
        "More than one address stands in the command, as when a quote is missing; the first was judged.");
    return;
  }
  e_.request.url =
      shown_url(split_url(text).scheme.empty() && text[0] != '$' ? "http://" + std::string(text)
                                                                             : std::string(text));
}

CurlReading RequestReader::finish() {
  const bool sends = body_.has_value() && !in_query_;
  e_.request.method = !method_.empty() ? method_
                      : head_          ? "HEAD"
                      : sends          ? "POST"
                      : body_known_    ? "GET"
                                       : "POST";
  e_.request.headers_known = headers_known_;
  e_.client.name = "curl";
  if (shell_ != ShellKind::posix) e_.os = "windows";
  for (const std::string_view name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    const auto set = own_.find(name);
    if (set != own_.end() && e_.settings.proxy.empty()) e_.settings.proxy = shown_url(set->second);
  }
  if (sends && body_known_) {
    e_.request.body_bytes = static_cast<std::int64_t>(body_->size());
    note_body(e_, *body_);
  }
  if (e_.request.url.empty()) out_.remarks.emplace_back("The command names no address.");
  judge_request(e_);
  if (wrong_quotes_) observe(e_, "request.wrong-quotes");
  out_.evidence = std::move(e_);
  return std::move(out_);
}

// Remembers what a command without curl sets: NAME=value, export NAME=value, set NAME=value, $env:NAME =
// "value".
void remember(const std::vector<Word>& words, Variables& variables) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Word& word = words[i];
    if (const std::size_t name = assignment_name(word);
        name != 0 && part_of(word, name + 1).expansions.empty()) {
      variables[word.text.substr(0, name)] = word.text.substr(name + 1);
    } else if (i == 0 && word.expansions.size() == 1 && words.size() >= 3 && words[1].text == "=") {
      variables[word.expansions[0].name] = words[2].text;
      return;
    } else if (word.text != "export" && word.text != "set" && word.text != "setx" && word.text != "$") {
      return;
    }
  }
}

void read_command(const SimpleCommand& command, ShellKind shell, std::size_t curl, const Variables& variables,
                  std::vector<CurlReading>& out) {
  Variables own;
  for (std::size_t i = 0; i < curl; ++i) {
    const Word& word = command.words[i];
    if (const std::size_t name = assignment_name(word); name != 0)
      own[word.text.substr(0, name)] = word.text.substr(name + 1);
  }
  std::size_t i = curl + 1;
  do {
    RequestReader reader(command, shell, variables, own);
    i = reader.read(i);
    out.push_back(reader.finish());
  } while (i < command.words.size());
}

void read_commands(const ShellText& shell, Variables& variables, std::vector<CurlReading>& out) {
  for (const SimpleCommand& command : shell.commands) {
    const std::size_t curl = find_curl(command.words);
    if (curl == std::string::npos) {
      remember(command.words, variables);
    } else {
      read_command(command, shell.kind, curl, variables, out);
    }
  }
  if (!out.empty()) out.front().complaint = shell.complaint;
}

}  // namespace

Result<std::vector<CurlReading>> read_curl(std::string_view text) {
  text = text.substr(0, limits::kCommandText.value);
  std::vector<CurlReading> out;
  Variables variables;
  read_commands(read_shell(text), variables, out);
  if (out.empty()) {
    // answer=$(curl …): the command stands in a substitution.
    for (const std::string_view open : {"$(curl ", "`curl "}) {
      const std::size_t at = text.find(open);
      if (at == std::string_view::npos || !out.empty()) continue;
      std::string_view inner = text.substr(at + open.find('c'));
      inner = inner.substr(0, inner.rfind(open[0] == '$' ? ')' : '`'));
      read_commands(read_shell(inner), variables, out);
    }
  }
  if (out.empty()) {
    return fail(FailureCode("curl_invalid"), "The text holds no curl command.",
                "Paste it whole, from the word curl on; a PowerShell Invoke-WebRequest is not one.",
                Blame::user);
  }
  return out;
}

}  // namespace locksmith::doctor::intake
