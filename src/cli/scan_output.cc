#include "cli/scan_output.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "doctor/present/page.h"
#include "vocabulary/bytes.h"
#include "vocabulary/character.h"
#include "vocabulary/shown.h"
#include "wire/json/json.h"

namespace locksmith::cli {
namespace {

using doctor::present::Ink;
using doctor::present::Page;
using doctor::present::Sign;
using scanner::Place;
using wire::json::Writer;

constexpr std::size_t kPlacesShown = 20;   // of one key, for people; documents have all
constexpr std::size_t kUnreadShown = 10;

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::uint64_t places_of(const ScanResult& result) {
  std::uint64_t count = 0;
  for (const ScanFinding& f : result.findings) count += f.finding.places.size() + f.finding.more_places;
  return count;
}

// Without its article: for a title.
std::string kind_in_words(const scanner::Finding& finding) {
  using model::credential::Shape;
  return finding.shape == Shape::unknown ? "a credential of a kind that is not known" : std::string(model::credential::to_words(finding.shape));
}

std::string_view name(Alive alive) {
  constexpr std::array<std::string_view, 4> kNames{"", "live", "dead", "unknown"};
  return kNames[static_cast<std::size_t>(alive)];
}

std::string covered_in_words(const ScanResult& result) {
  std::string text = counted(result.covered.files, "file", "files");
  if (result.covered.archives != 0) text += ", " + counted(result.covered.archives, "archive", "archives");
  if (result.covered.objects != 0) text += ", " + counted(result.covered.objects, "object", "objects") + " of git";
  return text + fmt::format(", {}, {:.1f} s", to_words(ByteCount{result.covered.bytes}), result.seconds);
}

std::string state_in_words(const ScanFinding& f) {
  switch (f.alive) {
    case Alive::not_asked:
      return {};
    case Alive::live:
      return "live: the API takes it" + (f.organization.empty() ? std::string() : " (organization " + f.organization + ")");
    case Alive::dead:
      return "dead: the API refuses it";
    case Alive::unknown:
      return "not known whether it is live: " + f.answer;
  }
  return {};
}

std::string later_in_words(const Place& place) {
  return place.later_versions == 0 ? std::string() : "; and " + counted(place.later_versions, "later version", "later versions") + " of it";
}

void write_findings(Page& page, const ScanResult& result) {
  for (const ScanFinding& f : result.findings) {
    page.line();
    page.ink(Ink::bold, f.finding.hint).text("  ").text(kind_in_words(f.finding));
    if (f.finding.grade != model::finding::Grade::canonical) page.text(", by " + std::string(to_words(f.finding.grade)));
    page.line();
    if (const std::string state = state_in_words(f); !state.empty()) page.text("  ").ink(f.alive == Alive::live ? Ink::red : Ink::plain, shown_line(state)).line();
    std::size_t shown = 0;
    for (const Place& place : f.finding.places) {
      if (shown++ == kPlacesShown) break;
      page.text("  ").text(place_in_words(place));
      if (!place.carrier.empty()) page.ink(Ink::dim, "  (" + place.carrier + ")");
      page.line();
      if (!place.commit.empty()) page.ink(Ink::dim, "      commit " + place.commit.substr(0, 12) + ", " + shown_line(place.author) + ", " + place.date + later_in_words(place)).line();
    }
    const std::uint64_t more = f.finding.places.size() - std::min(f.finding.places.size(), kPlacesShown) + f.finding.more_places;
    if (more != 0) page.line("  and " + counted(more, "place", "places") + " more: --json lists them");
  }
}

void write_unread(Page& page, const ScanResult& result) {
  if (result.unread.empty()) return;
  page.line();
  page.line(counted(result.unread.size() + result.more_unread, "place was", "places were") + " not looked at whole:");
  std::size_t shown = 0;
  for (const scanner::Unread& unread : result.unread) {
    if (shown++ == kUnreadShown) break;
    page.text("  ").text(place_in_words({unread.path, unread.inside, 0, 0, 0, {}, {}, {}, {}, 0, 0})).line(": " + shown_line(unread.why));
  }
  if (result.unread.size() + result.more_unread > kUnreadShown) page.line(fmt::format("  and {} more: --json lists them", result.unread.size() + result.more_unread - kUnreadShown));
}

void write_notes(Page& page, const ScanResult& result) {
  if (result.known != 0) page.line(counted(result.known, "place is", "places are") + " known to the baseline and left out.");
  if (result.covered.allowed != 0) page.line(counted(result.covered.allowed, "key stands", "keys stand") + " in a line that says locksmith:allow.");
  if (result.covered.placeholders != 0) page.line(counted(result.covered.placeholders, "placeholder or part of a key", "placeholders or parts of keys") + ", which open nothing.");
  if (result.covered.packed != 0) page.line(counted(result.covered.packed, "archive was", "archives were") + " not unpacked, as --no-archives says.");
  if (!result.with_history && !result.staged && result.covered.repositories != 0) {
    page.line("The history of " + counted(result.covered.repositories, "git repository", "git repositories") + " was not looked at: --git does.");
  }
}

void write_place(Writer& out, const Place& place) {
  out.begin_object().member("path", std::string_view(place.path));
  if (!place.inside.empty()) out.member("inside", std::string_view(place.inside));
  if (place.line != 0) out.member("line", static_cast<std::size_t>(place.line));
  if (place.column != 0) out.member("column", static_cast<std::size_t>(place.column));
  out.member("offset", static_cast<std::size_t>(place.offset));
  if (!place.carrier.empty()) out.member("carrier", std::string_view(place.carrier));
  if (!place.commit.empty()) {
    out.member("commit", std::string_view(place.commit)).member("author", std::string_view(place.author)).member("date", std::string_view(place.date));
    out.member("later_versions", static_cast<std::size_t>(place.later_versions));
  }
  out.end_object();
}

// RFC 3986: what may stand in a path of a URI stands for itself.
std::string uri_of(std::string_view path) {
  return percent_escaped(path, [](char c) { return is_letter_or_digit(c) || std::string_view("-._~/!$&'()*+,;=@").find(c) != std::string_view::npos; });
}

std::string message_of(const ScanFinding& f) {
  std::string text = "A key stands here: " + kind_in_words(f.finding) + " " + f.finding.hint + ".";
  if (f.alive != Alive::not_asked) text += " " + state_in_words(f) + ".";
  return text + " Treat it as public: revoke it first, then remove it.";
}

}  // namespace

std::string percent_escaped(std::string_view text, bool (*stays)(char)) {
  std::string out;
  for (const char c : text) {
    if (stays(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string place_in_words(const Place& place) {
  std::string text = shown_line(place.path);
  if (!place.inside.empty()) text += "!" + shown_line(place.inside);
  if (place.line != 0) {
    text += ":" + std::to_string(place.line);
    if (place.column != 0) text += ":" + std::to_string(place.column);
  } else if (place.offset != 0) {
    text += " at byte " + std::to_string(place.offset);
  }
  return text;
}

std::string_view rule_of(const scanner::Finding& finding) { return model::credential::name(finding.shape); }

std::string scan_text(const ScanResult& result, const TextStyle& style) {
  Page page({.color = style.color, .width = 100, .plain = style.plain});
  if (!result.findings.empty()) {
    page.sign(Ink::red, Sign::bad).line(counted(result.findings.size(), "key", "keys") + " found in " + counted(places_of(result), "place", "places") + " (" + covered_in_words(result) + ").");
  } else if (!result.complete()) {
    page.sign(Ink::yellow, Sign::open).line("No key found in what was looked at, and not all of it was (" + covered_in_words(result) + ").");
  } else {
    page.sign(Ink::green, Sign::good).line("No key found (" + covered_in_words(result) + ").");
  }
  if (result.interrupted) page.line("Stopped before the end: what is said here holds for what was looked at until then.");
  write_findings(page, result);
  write_unread(page, result);
  if (!result.findings.empty()) page.line();
  write_notes(page, result);
  if (!result.findings.empty()) {
    page.line("Do: revoke each first (Console, API keys; or locksmith keys revoke), then remove it. locksmith explain leaked_key says how.");
  }
  return page.take();
}

std::string scan_json(const ScanResult& result) {
  std::string text;
  Writer out(text, true);
  out.begin_object().member("schema", "locksmith.scan/1").member("complete", result.complete()).member("interrupted", result.interrupted);
  out.key("findings").begin_array();
  for (const ScanFinding& f : result.findings) {
    out.begin_object().member("kind", rule_of(f.finding)).member("grade", name(f.finding.grade)).member("hint", std::string_view(f.finding.hint)).member("fingerprint", std::string_view(f.finding.fingerprint()));
    if (f.alive != Alive::not_asked) {
      out.member("state", name(f.alive));
      if (!f.organization.empty()) out.member("organization", std::string_view(f.organization));
      if (!f.answer.empty()) out.member("answer", std::string_view(f.answer));
    }
    out.key("places").begin_array();
    for (const Place& place : f.finding.places) write_place(out, place);
    out.end_array();
    if (f.finding.more_places != 0) out.member("more_places", static_cast<std::size_t>(f.finding.more_places));
    out.end_object();
  }
  out.end_array().key("unread").begin_array();
  for (const scanner::Unread& unread : result.unread) {
    out.begin_object().member("path", std::string_view(unread.path));
    if (!unread.inside.empty()) out.member("inside", std::string_view(unread.inside));
    out.member("why", std::string_view(unread.why)).end_object();
  }
  const scanner::Covered& c = result.covered;
  out.end_array().member("more_unread", static_cast<std::size_t>(result.more_unread)).member("known_to_baseline", static_cast<std::size_t>(result.known));
  out.key("covered").begin_object().member("files", static_cast<std::size_t>(c.files)).member("bytes", static_cast<std::size_t>(c.bytes)).member("archives", static_cast<std::size_t>(c.archives));
  out.member("archives_left_out", static_cast<std::size_t>(c.packed));
  out.member("git_objects", static_cast<std::size_t>(c.objects)).member("histories_left_out", static_cast<std::size_t>(result.with_history ? 0 : c.repositories));
  out.member("allowed", static_cast<std::size_t>(c.allowed)).member("placeholders", static_cast<std::size_t>(c.placeholders)).member("seconds", result.seconds).end_object();
  out.end_object();
  return text + "\n";
}

std::string scan_sarif(const ScanResult& result) {
  std::string text;
  Writer out(text, true);
  out.begin_object().member("$schema", "https://json.schemastore.org/sarif-2.1.0.json").member("version", "2.1.0").key("runs").begin_array().begin_object();
  out.key("tool").begin_object().key("driver").begin_object().member("name", "locksmith").member("semanticVersion", LOCKSMITH_VERSION).key("rules").begin_array();
  std::vector<std::string_view> rules;
  for (const ScanFinding& f : result.findings) {
    if (std::ranges::find(rules, rule_of(f.finding)) != rules.end()) continue;
    rules.push_back(rule_of(f.finding));
    const std::string words = "A credential in the open: " + kind_in_words(f.finding);
    out.begin_object().member("id", rules.back()).key("shortDescription").begin_object().member("text", std::string_view(words)).end_object();
    out.key("help").begin_object().member("text", "Revoke the key first, then remove it: locksmith explain leaked_key").end_object().end_object();
  }
  out.end_array().end_object().end_object();
  out.key("invocations").begin_array().begin_object().member("executionSuccessful", result.complete());
  out.key("toolExecutionNotifications").begin_array();
  for (const scanner::Unread& unread : result.unread) {
    const std::string words = place_in_words({unread.path, unread.inside, 0, 0, 0, {}, {}, {}, {}, 0, 0}) + ": " + unread.why;
    out.begin_object().member("level", "error").key("message").begin_object().member("text", std::string_view(words)).end_object().end_object();
  }
  out.end_array().end_object().end_array();
  out.key("results").begin_array();
  for (const ScanFinding& f : result.findings) {
    for (const Place& place : f.finding.places) {
      const std::string message = message_of(f);
      out.begin_object().member("ruleId", rule_of(f.finding)).member("level", "error").key("message").begin_object().member("text", std::string_view(message)).end_object();
      out.key("locations").begin_array().begin_object().key("physicalLocation").begin_object();
      out.key("artifactLocation").begin_object().member("uri", std::string_view(uri_of(place.path))).end_object();
      out.key("region").begin_object();
      if (place.line != 0) {
        out.member("startLine", static_cast<std::size_t>(place.line));
        if (place.column != 0) out.member("startColumn", static_cast<std::size_t>(place.column));
      } else {
        out.member("byteOffset", static_cast<std::size_t>(place.offset));
      }
      out.end_object().end_object();
      if (!place.inside.empty()) {
        out.key("logicalLocations").begin_array().begin_object().member("fullyQualifiedName", std::string_view(place.inside)).end_object().end_array();
      }
      out.end_object().end_array();
      out.key("partialFingerprints").begin_object().member("locksmithKey/v1", std::string_view(f.finding.fingerprint())).end_object().end_object();
    }
  }
  out.end_array().end_object().end_array().end_object();
  return text + "\n";
}

std::string scan_github(const ScanResult& result) {
  // What ends a property or a line there is written as percent codes.
  const auto in_message = [](std::string_view text) { return percent_escaped(text, [](char c) { return c != '%' && !is_line_break(c); }); };
  const auto in_property = [](std::string_view text) {
    return percent_escaped(text, [](char c) { return c != '%' && !is_line_break(c) && c != ':' && c != ','; });
  };
  std::string text;
  for (const ScanFinding& f : result.findings) {
    for (const Place& place : f.finding.places) {
      text += "::error file=" + in_property(shown_line(place.path));
      if (place.line != 0) text += ",line=" + std::to_string(place.line);
      if (place.column != 0) text += ",col=" + std::to_string(place.column);
      text += ",title=Key in the open::" + in_message(message_of(f) + (place.inside.empty() ? "" : " It is in " + shown_line(place.inside) + ".")) + "\n";
    }
  }
  for (const scanner::Unread& unread : result.unread) text += "::warning file=" + in_property(shown_line(unread.path)) + "::Not looked at whole: " + in_message(shown_line(unread.why)) + "\n";
  return text;
}

std::string scan_gitlab(const ScanResult& result) {
  std::string text;
  Writer out(text, true);
  out.begin_array();
  for (const ScanFinding& f : result.findings) {
    for (const Place& place : f.finding.places) {
      const std::string id = f.finding.fingerprint() + ":" + place.path + ":" + place.inside;
      const std::string fingerprint = wire::digest::to_hex(wire::digest::sha256(id));
      out.begin_object().member("description", std::string_view(message_of(f))).member("check_name", rule_of(f.finding)).member("fingerprint", std::string_view(fingerprint)).member("severity", "blocker");
      out.key("location").begin_object().member("path", std::string_view(place.path)).key("lines").begin_object().member("begin", static_cast<std::size_t>(std::max<std::uint64_t>(place.line, 1))).end_object().end_object().end_object();
    }
  }
  out.end_array();
  return text + "\n";
}

}  // namespace locksmith::cli
