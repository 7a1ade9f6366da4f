#include "scanner/reading.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <system_error>

#include "vocabulary/limits/scan.h"
#include "wire/gzip/gzip.h"

namespace locksmith::scanner {
namespace {

using model::finding::Found;
using model::finding::kLookAhead;
using model::finding::kLookBehind;

constexpr std::size_t kBuffer = kLookBehind + limits::kScanPart + kLookAhead;
constexpr std::string_view kAllow = "locksmith:allow";
constexpr std::size_t kLineAround = 4096;  // of the line of a finding, looked at for the mark that allows it

std::string inflate(std::string_view bytes, std::size_t most) { return wire::gzip::decompress_beginning(bytes, ByteCount{most}); }

std::string_view line_around(std::string_view bytes, std::size_t at) {
  const std::size_t before = bytes.rfind('\n', at);
  const std::size_t from = std::max(before == std::string_view::npos || before == at ? 0 : before + 1, at > kLineAround ? at - kLineAround : 0);
  const std::string_view rest = bytes.substr(from, at - from + kLineAround);
  const std::size_t end = rest.find('\n', at - from);
  return rest.substr(0, end);
}

bool is_binary(std::string_view bytes) { return std::memchr(bytes.data(), '\0', std::min<std::size_t>(bytes.size(), 8192)) != nullptr; }

}  // namespace

Reading::Reading(Scan& scan) : scan_(scan), buffer_(std::make_unique_for_overwrite<char[]>(kBuffer)) {}

void Reading::look(const Origin& origin, std::string_view bytes, std::size_t begin, std::size_t end, std::uint64_t base, std::int64_t lines) {
  model::finding::Finder finder;
  finder.inflate = inflate;
  finder.placeholders = scan_.placeholders;
  finder.found = [&](const Found& found) {
    if (found.grade == model::finding::Grade::placeholder) {
      ++covered_.placeholders;
      return;
    }
    if (line_around(bytes, found.at).find(kAllow) != std::string_view::npos) {
      ++covered_.allowed;
      return;
    }
    Place place{origin.path, origin.inside, base + found.at, 0, 0, found.carrier, {}, {}, {}, 0, 0};
    if (lines >= 0) {
      const std::string_view before = bytes.substr(0, found.at);
      const std::size_t last = before.rfind('\n');
      place.line = static_cast<std::uint64_t>(lines + std::ranges::count(before, '\n')) + 1;
      place.column = last == std::string_view::npos ? (base == 0 ? found.at + 1 : 0) : found.at - last;
    }
    scan_.findings.add(found, std::move(place));
  };
  if (!model::finding::find(bytes, begin, end, finder)) {
    scan_.findings.cannot_read(origin.path, origin.inside, "it holds more encoded text than is undone; the text itself was looked at");
  }
}

void Reading::whole(const Origin& origin, std::string_view bytes) {
  covered_.bytes += bytes.size();
  look(origin, bytes, 0, bytes.size(), 0, is_binary(bytes) ? -1 : 0);
}

void Reading::name_of(const Origin& origin, std::string_view name) {
  constexpr std::size_t kShortestKey = 50;
  if (name.size() < kShortestKey) return;
  look({origin.path, origin.inside.empty() ? "its name" : origin.inside + " (its name)"}, name, 0, name.size(), 0, -1);
}

void Reading::all_of(const Origin& origin, const Source& source, const First& first) {
  pieces(origin, source, {0, 0, std::numeric_limits<std::uint64_t>::max()}, true, first);
}

void Reading::part_of(const Origin& origin, const Source& source, const Part& part) { pieces(origin, source, part, false, {}); }

void Reading::pieces(const Origin& origin, const Source& source, const Part& part, bool counts_lines, const First& first) {
  std::size_t held = 0;          // bytes in the buffer
  std::size_t begin = part.skip; // of them, those before are only there to be looked back at
  std::uint64_t base = part.base;
  std::int64_t lines = counts_lines ? 0 : -1;
  for (bool is_first = true, ended = false; !ended && !scan_.stop.load(std::memory_order_relaxed); is_first = false) {
    while (held < kBuffer) {
      const std::int64_t got = source(buffer_.get() + held, kBuffer - held);
      if (got < 0) scan_.findings.cannot_read(origin.path, origin.inside, std::generic_category().message(static_cast<int>(-got)));
      if (got <= 0) {
        ended = true;
        break;
      }
      held += static_cast<std::size_t>(got);
    }
    const std::string_view bytes(buffer_.get(), held);
    if (is_first && first && !first(bytes)) return;
    if (is_first && counts_lines && is_binary(bytes)) lines = -1;
    std::size_t end = ended ? held : held - kLookAhead;
    if (part.end - base < end) {
      end = static_cast<std::size_t>(part.end - base);
      ended = true;
    }
    if (end > begin) covered_.bytes += end - begin;
    look(origin, bytes, begin, end, base, lines);
    if (ended) break;
    const std::size_t keep_from = end - kLookBehind;
    if (lines >= 0) lines += std::ranges::count(bytes.substr(0, keep_from), '\n');
    std::memmove(buffer_.get(), buffer_.get() + keep_from, held - keep_from);
    held -= keep_from;
    base += keep_from;
    begin = kLookBehind;
  }
}

}  // namespace locksmith::scanner
