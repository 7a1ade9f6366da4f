#include "model/finding/anchors.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <array>
#include <bit>
#include <cstring>

#include "vocabulary/base64.h"
#include "vocabulary/character.h"

namespace locksmith::model::finding {
namespace {

constexpr std::size_t kLongest = 28;
constexpr std::size_t kSought = 5;   // bytes of an anchor that are sought; of one that has four, whatever follows
constexpr std::size_t kBuckets = 8;  // bits of the tables: anchors of a bucket are told apart afterwards
constexpr std::size_t kMost = 128;

struct Text {
  std::array<char, kLongest> chars{};
  std::size_t size = 0;
  constexpr std::string_view view() const { return {chars.data(), size}; }
  constexpr void add(char c) { chars[size++] = c; }
};

struct Row {
  Text text;
  Carrier carrier = Carrier::plain;
  std::uint8_t phase = 0;
  std::uint8_t sought = 0;  // where in the text the sought bytes begin
};

// How often a byte occurs in source texts and programs, in thousandths, roughly: what is rare is worth seeking.
constexpr unsigned frequency(unsigned byte) {
  const char c = static_cast<char>(byte);
  if (byte == 0) return 150;
  if (c == ' ') return 80;
  for (const char common : std::string_view("etaoinsr")) {
    if (c == common) return 40;
  }
  if (is_lower(c)) return 15;
  if (is_digit(c)) return 12;
  if (is_upper(c)) return 5;
  return byte < 128 ? 4 : 2;
}

constexpr auto kFrequency = [] {
  std::array<unsigned, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) table[byte] = frequency(byte);
  return table;
}();

constexpr std::uint8_t best_sought(std::string_view text) {
  std::size_t best = 0;
  double least = 1e12;
  for (std::size_t i = 0; i + kSought <= text.size(); ++i) {
    double chance = 1;
    for (std::size_t j = 0; j < kSought; ++j) chance *= kFrequency[static_cast<unsigned char>(text[i + j])];
    if (chance < least) {
      least = chance;
      best = i;
    }
  }
  return static_cast<std::uint8_t>(best);
}

// The characters of base64 that `text` makes whatever stands around it, where it begins `before` bytes into a group of three.
constexpr Text in_base64(std::string_view text, unsigned before) {
  Text result;
  const unsigned first = (8 * before + 5) / 6;
  for (unsigned index = first; (index + 1) * 6 <= 8 * (before + text.size()); ++index) {
    unsigned value = 0;
    for (unsigned bit = index * 6 - 8 * before; bit < (index + 1) * 6 - 8 * before; ++bit) {
      value = value << 1U | (static_cast<unsigned>(static_cast<unsigned char>(text[bit / 8])) >> (7U - bit % 8U) & 1U);
    }
    result.add(base64_digit(value));
  }
  return result;
}
constexpr std::uint8_t place_in_group(unsigned before) { return static_cast<std::uint8_t>((8 * before + 5) / 6); }

struct Table {
  std::array<Row, kMost> rows{};
  std::size_t size = 0;

  constexpr void add(Text text, Carrier carrier, std::uint8_t phase = 0) {
    rows[size++] = {text, carrier, phase, best_sought(text.view())};
  }
  constexpr void add(std::string_view text, Carrier carrier) {
    Text copy;
    for (const char c : text) copy.add(c);
    add(copy, carrier);
  }
  constexpr void add_base64(std::string_view text) {
    for (unsigned before = 0; before < 3; ++before) add(in_base64(text, before), Carrier::base64, place_in_group(before));
  }
};

using namespace std::string_view_literals;

constexpr Table make_table() {
  Table table;
  table.add("sk-ant-", Carrier::plain);
  table.add("lks_", Carrier::virtual_key);
  for (const std::string_view type : {"api0", "admin0", "oat0", "ort0", "sid0"}) table.add(type, Carrier::type);
  table.add("-tna-ks", Carrier::reversed);

  table.add_base64("sk-ant-");
  table.add_base64("lks_");
  table.add_base64("s\0k\0-\0a\0n\0t\0-\0"sv);
  for (unsigned before = 0; before < 3; ++before) table.add_base64(in_base64("sk-ant-", before).view());
  for (unsigned before = 0; before < 3; ++before) table.add_base64(in_base64("lks_", before).view());
  table.add_base64("736b2d616e742d");
  table.add_base64("736B2D616E742D");
  table.add("H4sI", Carrier::base64_gzip);
  table.add("SDRzSU", Carrier::base64);  // H4sI in base64

  table.add("736b2d616e742d", Carrier::hex);
  table.add("736B2D616E742D", Carrier::hex);
  table.add("6c6b735f", Carrier::hex);
  table.add("6C6B735F", Carrier::hex);
  for (const std::string_view text : {"73 6b 2d", "73 6B 2D", "73:6b:2d", "73:6B:2D", "73-6b-2d", "73-6B-2D", "0x73", "0X73", "736b 2d61", "736B 2D61", "73 6b2d 616e", "73 6B2D 616E", "6c 6b 73", "6C 6B 73", "6c6b 735f", "0x6c"}) {
    table.add(text, Carrier::separated_hex);
  }
  for (const std::string_view text :
       {"sk\\u", "sk\\x", "sk\\0", "sk\\\\", "sk%2", "sk&#", "sk=2", "sk&h", "sk&d", "sk&a", "\\x73\\", "\\u0073", "\\163\\", "%73%6", "&#115;", "&#x73;", "=73=6", "\\x6c\\", "\\x6C\\", "%6c%6", "%6C%6",
                                      "lks\\", "lks%5", "lks&#", "lks=5"}) {
    table.add(text, Carrier::escaped);
  }
  table.add("115,", Carrier::decimal);
  table.add("115 107 ", Carrier::decimal);
  table.add("'s',", Carrier::characters);
  table.add("\"s\",", Carrier::characters);
  table.add("k\0-\0a\0n\0t\0-\0"sv, Carrier::utf16);
  table.add("k\0s\0_\0"sv, Carrier::utf16);
  return table;
}

constexpr Table kTable = make_table();
static_assert(kTable.size <= kMost);

// Which half bytes a bucket lets pass at one sought place. All pairs of them pass, also those of two different anchors.
struct Halves {
  unsigned low = 0, high = 0;  // a bit a value

  constexpr Halves with(std::uint8_t byte) const { return {low | 1U << (byte & 15U), high | 1U << (byte >> 4U)}; }
  constexpr double passes() const {
    unsigned sum = 0;
    for (unsigned h = 0; h < 16; ++h) {
      if ((high >> h & 1U) == 0) continue;
      for (unsigned l = 0; l < 16; ++l) sum += (low >> l & 1U) * kFrequency[h << 4U | l];
    }
    return sum;
  }
};
using Bucket = std::array<Halves, kSought>;

constexpr bool seeks(const Row& row, std::size_t i) { return row.sought + i < row.text.size; }
constexpr std::uint8_t sought_byte(const Row& row, std::size_t i) { return static_cast<std::uint8_t>(row.text.chars[row.sought + i]); }
constexpr Bucket with(const Bucket& bucket, const Row& row) {
  Bucket result = bucket;
  for (std::size_t i = 0; i < kSought; ++i) result[i] = seeks(row, i) ? bucket[i].with(sought_byte(row, i)) : Halves{0xffffU, 0xffffU};
  return result;
}
constexpr double passes(const Bucket& bucket) {
  double product = 1;
  for (const Halves& halves : bucket) product *= halves.passes();
  return product;
}

// The rows in the order of their buckets: each goes where it lets the least more pass.
struct Arrangement {
  std::array<Row, kMost> rows{};
  std::array<std::size_t, kBuckets + 1> first{};
};
constexpr Arrangement arrange() {
  std::array<Bucket, kBuckets> buckets{};
  std::array<double, kBuckets> rates{};
  std::array<std::size_t, kMost> bucket_of{};
  for (std::size_t row = 0; row < kTable.size; ++row) {
    std::size_t best = 0;
    double least = 1e18;
    for (std::size_t b = 0; b < kBuckets; ++b) {
      const double more = passes(with(buckets[b], kTable.rows[row])) - rates[b];
      if (more < least) {
        least = more;
        best = b;
      }
    }
    bucket_of[row] = best;
    buckets[best] = with(buckets[best], kTable.rows[row]);
    rates[best] = passes(buckets[best]);
  }
  Arrangement result;
  std::size_t next = 0;
  for (std::size_t b = 0; b < kBuckets; ++b) {
    result.first[b] = next;
    for (std::size_t row = 0; row < kTable.size; ++row) {
      if (bucket_of[row] == b) result.rows[next++] = kTable.rows[row];
    }
  }
  result.first[kBuckets] = next;
  return result;
}
constexpr Arrangement kArranged = arrange();

// Which buckets have a byte at the i-th sought place: whole bytes, and for the vectors by their halves.
struct Masks {
  std::array<std::array<std::uint8_t, 256>, kSought> whole{};
  std::array<std::array<std::uint8_t, 16>, kSought> low{}, high{};
};
constexpr Masks make_masks() {
  Masks masks;
  for (std::size_t b = 0; b < kBuckets; ++b) {
    const auto bit = static_cast<std::uint8_t>(1U << b);
    for (std::size_t row = kArranged.first[b]; row < kArranged.first[b + 1]; ++row) {
      for (std::size_t i = 0; i < kSought; ++i) {
        for (unsigned byte = 0; byte < 256; ++byte) {
          if (seeks(kArranged.rows[row], i) && byte != sought_byte(kArranged.rows[row], i)) continue;
          masks.whole[i][byte] |= bit;
          masks.low[i][byte & 15U] |= bit;
          masks.high[i][byte >> 4U] |= bit;
        }
      }
    }
  }
  return masks;
}
constexpr Masks kMasks = make_masks();

// Of the buckets, an anchor whose sought bytes stand at `at`.
std::optional<Anchor> confirm(std::string_view bytes, std::size_t at, unsigned buckets) {
  for (; buckets != 0; buckets &= buckets - 1) {
    const auto bucket = static_cast<std::size_t>(std::countr_zero(buckets));
    for (std::size_t row = kArranged.first[bucket]; row < kArranged.first[bucket + 1]; ++row) {
      const Row& r = kArranged.rows[row];
      if (at < r.sought || bytes.size() - (at - r.sought) < r.text.size) continue;
      if (std::memcmp(bytes.data() + at - r.sought, r.text.chars.data(), r.text.size) == 0) return Anchor{at - r.sought, r.carrier, r.phase, at + 1};
    }
  }
  return std::nullopt;
}

unsigned buckets_at(const char* p) {
  const auto byte = [p](std::size_t i) { return static_cast<unsigned char>(p[i]); };
  return static_cast<unsigned>(kMasks.whole[0][byte(0)] & kMasks.whole[1][byte(1)] & kMasks.whole[2][byte(2)] & kMasks.whole[3][byte(3)] &
                               kMasks.whole[4][byte(4)]);
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) inline __m256i buckets_of(const char* p, __m256i low, __m256i high) {
  const __m256i half = _mm256_set1_epi8(15);
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return _mm256_and_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half)),
                          _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half)));
}

__attribute__((target("avx2"))) inline __m256i twice(const std::array<std::uint8_t, 16>& table) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

// Seeks 32 places at a time as long as there are so many; then `from` is where it stopped.
__attribute__((target("avx2"))) std::optional<Anchor> next_anchor_avx2(std::string_view bytes, std::size_t& from) {
  const __m256i low0 = twice(kMasks.low[0]), low1 = twice(kMasks.low[1]), low2 = twice(kMasks.low[2]), low3 = twice(kMasks.low[3]);
  const __m256i high0 = twice(kMasks.high[0]), high1 = twice(kMasks.high[1]), high2 = twice(kMasks.high[2]), high3 = twice(kMasks.high[3]);
  const __m256i low4 = twice(kMasks.low[4]), high4 = twice(kMasks.high[4]);
  const char* const data = bytes.data();
  for (; from + 32 + kSought - 1 <= bytes.size(); from += 32) {
    const char* const p = data + from;
    const __m256i first = _mm256_and_si256(buckets_of(p, low0, high0), buckets_of(p + 1, low1, high1));
    const __m256i both = _mm256_and_si256(_mm256_and_si256(first, buckets_of(p + 4, low4, high4)),
                                          _mm256_and_si256(buckets_of(p + 2, low2, high2), buckets_of(p + 3, low3, high3)));
    if (_mm256_testz_si256(both, both) != 0) continue;
    auto places = ~static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(both, _mm256_setzero_si256())));
    for (; places != 0; places &= places - 1) {
      const std::size_t at = from + static_cast<std::size_t>(std::countr_zero(places));
      const unsigned buckets = buckets_at(data + at);
      if (buckets == 0) continue;
      if (const auto anchor = confirm(bytes, at, buckets)) return anchor;
    }
  }
  return std::nullopt;
}

#endif

}  // namespace

std::optional<Anchor> next_anchor_portable(std::string_view bytes, std::size_t from) {
  std::size_t at = from;
  for (; at + kSought <= bytes.size(); ++at) {
    const unsigned buckets = buckets_at(bytes.data() + at);
    if (buckets == 0) continue;
    if (const auto anchor = confirm(bytes, at, buckets)) return anchor;
  }
  // The last four bytes may be a whole anchor.
  for (; at < bytes.size(); ++at) {
    if (const auto anchor = confirm(bytes, at, 0xffU)) return anchor;
  }
  return std::nullopt;
}

std::optional<Anchor> next_anchor(std::string_view bytes, std::size_t from) {
#if defined(__x86_64__)
  static const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0;
  if (kHasAvx2) {
    if (const auto anchor = next_anchor_avx2(bytes, from)) return anchor;
  }
#endif
  return next_anchor_portable(bytes, from);
}

}  // namespace locksmith::model::finding
