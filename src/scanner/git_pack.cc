#include "scanner/git_pack.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "vocabulary/limits/scan.h"

namespace locksmith::scanner {
namespace {

constexpr std::size_t kName = 20;
constexpr std::size_t kFanOut = 8;             // in the index: behind its mark and version
constexpr std::size_t kNames = kFanOut + 1024;
constexpr int kMadeFromOffset = 6;
constexpr int kMadeFromName = 7;

// A number of seven bits a byte, the lowest first, as deltas have their sizes.
bool read_size(std::string_view& bytes, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    if (bytes.empty()) return false;
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 127U) << shift;
    if ((byte & 128U) == 0) return true;
  }
  return false;
}

}  // namespace

std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

MappedFile::MappedFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return;
  struct stat about {};
  if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0) {
    void* const at = mmap(nullptr, static_cast<std::size_t>(about.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
    if (at != MAP_FAILED) bytes_ = {static_cast<const char*>(at), static_cast<std::size_t>(about.st_size)};
  }
  close(fd);
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

Pack::Pack(const std::string& path) : path_(path + ".pack"), index_(path + ".idx"), pack_(path_) {}

Result<std::unique_ptr<Pack>> Pack::open(const std::string& path) {
  std::unique_ptr<Pack> pack(new Pack(path));
  const std::string_view index = pack->index_.bytes();
  const auto invalid = [&](const char* why) { return fail(FailureCode("git_pack_invalid"), "The pack " + path + " cannot be read: " + why + ".", "git fsck says more.", Blame::user); };
  if (index.size() < kNames + 2 * kName) return invalid("it has no index");
  if (!index.starts_with(std::string_view("\xfftOc\0\0\0\2", 8))) return invalid("its index has another format than version 2");
  pack->count_ = big_endian(index, kFanOut + 255 * 4);
  if (index.size() < kNames + std::size_t{pack->count_} * (kName + 8) + 2 * kName) return invalid("its index is cut");
  if (pack->pack_.bytes().size() < 12 + kName || !pack->pack_.bytes().starts_with("PACK")) return invalid("it is no pack");
  return pack;
}

ObjectName Pack::name(std::uint32_t index) const {
  ObjectName name{};
  std::memcpy(name.data(), index_.bytes().data() + kNames + std::size_t{index} * kName, kName);
  return name;
}

std::uint64_t Pack::offset(std::uint32_t index) const {
  const std::size_t offsets = kNames + std::size_t{count_} * (kName + 4);
  const std::uint32_t small = big_endian(index_.bytes(), offsets + std::size_t{index} * 4);
  if ((small & 0x80000000U) == 0) return small;
  const std::size_t at = offsets + std::size_t{count_} * 4 + std::size_t{small & 0x7fffffffU} * 8;
  if (at + 8 > index_.bytes().size()) return ~std::uint64_t{0};
  return static_cast<std::uint64_t>(big_endian(index_.bytes(), at)) << 32U | big_endian(index_.bytes(), at + 4);
}

std::optional<std::uint32_t> Pack::find(const ObjectName& name) const {
  std::uint32_t low = name[0] == 0 ? 0 : big_endian(index_.bytes(), kFanOut + (std::size_t{name[0]} - 1) * 4);
  std::uint32_t high = std::min(big_endian(index_.bytes(), kFanOut + std::size_t{name[0]} * 4), count_);
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const int order = std::memcmp(index_.bytes().data() + kNames + std::size_t{middle} * kName, name.data(), kName);
    if (order == 0) return middle;
    (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
  }
  return std::nullopt;
}

std::optional<PackEntry> Pack::entry(std::uint64_t offset) const {
  const std::string_view bytes = pack_.bytes();
  if (offset < 12 || offset + kName >= bytes.size()) return std::nullopt;
  std::size_t at = offset;
  const auto next = [&]() -> int { return at + kName < bytes.size() ? static_cast<unsigned char>(bytes[at++]) : -1; };
  int byte = next();
  PackEntry entry;
  entry.type = byte >> 4 & 7;
  entry.size = static_cast<unsigned>(byte) & 15U;
  for (unsigned shift = 4; (byte & 128) != 0; shift += 7) {
    byte = next();
    if (byte < 0 || shift > 56) return std::nullopt;
    entry.size |= static_cast<std::uint64_t>(byte & 127) << shift;
  }
  if (entry.type == kMadeFromOffset) {
    std::uint64_t back = 0;
    do {
      byte = next();
      if (byte < 0 || back > offset) return std::nullopt;
      back = (back << 7U) + static_cast<unsigned>(byte & 127) + ((byte & 128) != 0 ? 1U : 0U);
    } while ((byte & 128) != 0);
    if (back == 0 || back > offset) return std::nullopt;
    entry.base = offset - back;
  } else if (entry.type == kMadeFromName) {
    if (at + 2 * kName > bytes.size()) return std::nullopt;
    std::memcpy(entry.base_name.data(), bytes.data() + at, kName);
    at += kName;
  } else if (entry.type < 1 || entry.type > 4) {
    return std::nullopt;
  }
  entry.data = at;
  return entry;
}

std::optional<std::string> apply_delta(std::string_view base, std::string_view delta, std::size_t most) {
  std::uint64_t from = 0;
  std::uint64_t size = 0;
  if (!read_size(delta, from) || !read_size(delta, size) || from != base.size() || size > most) return std::nullopt;
  std::string out;
  out.reserve(size);
  while (!delta.empty()) {
    const auto instruction = static_cast<unsigned char>(delta.front());
    delta.remove_prefix(1);
    if ((instruction & 128U) == 0) {
      if (instruction == 0 || instruction > delta.size() || out.size() + instruction > size) return std::nullopt;
      out.append(delta.substr(0, instruction));
      delta.remove_prefix(instruction);
      continue;
    }
    std::size_t offset = 0;
    std::size_t length = 0;
    for (unsigned bit = 0; bit < 7; ++bit) {
      if ((instruction >> bit & 1U) == 0) continue;
      if (delta.empty()) return std::nullopt;
      const auto byte = static_cast<unsigned char>(delta.front());
      delta.remove_prefix(1);
      if (bit < 4) {
        offset |= std::size_t{byte} << 8 * bit;
      } else {
        length |= std::size_t{byte} << 8 * (bit - 4);
      }
    }
    if (length == 0) length = 0x10000;
    if (offset > base.size() || length > base.size() - offset || length > size - out.size()) return std::nullopt;
    out.append(base.substr(offset, length));
  }
  if (out.size() != size) return std::nullopt;
  return out;
}

}  // namespace locksmith::scanner
