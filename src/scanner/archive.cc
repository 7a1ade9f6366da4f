#include "scanner/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "vocabulary/limits/scan.h"

namespace locksmith::scanner {
namespace {

constexpr std::size_t kBlock = 64 * 1024;

using ArchiveHandle = std::unique_ptr<archive, int (*)(archive*)>;

struct Mark {
  std::size_t at;
  std::string_view bytes;
};
using namespace std::string_view_literals;
constexpr std::array kMarks{
    Mark{0, "PK\3\4"sv},         Mark{0, "PK\5\6"sv},   Mark{0, "PK\7\x08PK"sv}, Mark{0, "\x1f\x8b\x08"sv}, Mark{0, "\xfd" "7zXZ\0"sv}, Mark{0, "BZh"sv},
    Mark{0, "\x28\xb5\x2f\xfd"sv}, Mark{0, "7z\xbc\xaf\x27\x1c"sv}, Mark{0, "\x04\x22\x4d\x18"sv}, Mark{257, "ustar"sv}, Mark{0, "!<arch>\n"sv},
    Mark{0, "MSCF\0\0\0\0"sv},   Mark{0, "Rar!\x1a\x07"sv}, Mark{0, "\xed\xab\xee\xdb"sv}, Mark{0, "070701"sv}, Mark{0, "070707"sv}, Mark{0, "xar!"sv},
    Mark{32769, "CD001"sv},
};

// What one root file may still unpack.
struct Budget {
  std::uint64_t left;
};

class Unpacking {
 public:
  Unpacking(Reading& reading, Budget& budget, int depth) : reading_(reading), budget_(budget), depth_(depth) {}

  // Of bytes in memory.
  void run(const Origin& origin, std::string_view bytes) {
    if (bytes.starts_with("\x1f\x8b\x08")) {
      const std::uint64_t most = std::min<std::uint64_t>(limits::kScanArchiveInMemory.value, budget_.left);
      if (const auto plain = reading_.inflater().gunzip(bytes, most)) {
        budget_.left -= plain->size();
        if (is_archive(*plain)) return run_from(origin, *plain);
        ++reading_.covered().archives;
        return reading_.whole({origin.path, origin.inside + (origin.inside.empty() ? "" : "!") + "unpacked"}, *plain);
      }
    }
    run_from(origin, bytes);
  }

  void run(const Origin& origin, const ArchiveSource& source) {
    const ArchiveHandle handle = open(source);
    archive* const a = handle.get();
    if (a == nullptr || archive_read_open1(a) != ARCHIVE_OK) return cannot(origin, a == nullptr ? "out of memory" : error_of(a));
    ++reading_.covered().archives;
    archive_entry* entry = nullptr;
    while (!reading_.scan().stop.load(std::memory_order_relaxed)) {
      const int result = archive_read_next_header(a, &entry);
      if (result == ARCHIVE_EOF) break;
      if (result < ARCHIVE_WARN) return cannot(origin, error_of(a));
      if (!one_entry(origin, a, entry)) return;
    }
  }

 private:
  void run_from(const Origin& origin, std::string_view bytes) {
    std::size_t at = 0;
    ArchiveSource source;
    source.read = [&](char* into, std::size_t room) -> std::int64_t {
      const std::size_t size = std::min(room, bytes.size() - at);
      std::memcpy(into, bytes.data() + at, size);
      at += size;
      return static_cast<std::int64_t>(size);
    };
    source.seek = [&](std::int64_t offset, int whence) {
      const std::int64_t from = whence == SEEK_SET ? 0 : static_cast<std::int64_t>(whence == SEEK_CUR ? at : bytes.size());
      at = static_cast<std::size_t>(std::clamp<std::int64_t>(from + offset, 0, static_cast<std::int64_t>(bytes.size())));
      return static_cast<std::int64_t>(at);
    };
    run(origin, source);
  }

  static la_ssize_t read_block(archive*, void* data, const void** block) {
    auto* const self = static_cast<Unpacking*>(data);
    const std::int64_t got = self->source_->read(self->block_.data(), self->block_.size());
    *block = self->block_.data();
    return static_cast<la_ssize_t>(got);
  }
  static la_int64_t seek_to(archive*, void* data, la_int64_t offset, int whence) {
    return static_cast<Unpacking*>(data)->source_->seek(offset, whence);
  }

  // Formats and filters by name: the list of all contains filters that start other programs.
  ArchiveHandle open(const ArchiveSource& source) {
    source_ = &source;
    block_.resize(kBlock);
    ArchiveHandle handle(archive_read_new(), archive_read_free);
    archive* const a = handle.get();
    if (a == nullptr) return handle;
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_lzma(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_lz4(a);
    archive_read_support_filter_rpm(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_zip(a);
    archive_read_support_format_7zip(a);
    archive_read_support_format_cpio(a);
    archive_read_support_format_ar(a);
    archive_read_support_format_cab(a);
    archive_read_support_format_rar(a);
    archive_read_support_format_rar5(a);
    archive_read_support_format_iso9660(a);
    archive_read_support_format_xar(a);
    archive_read_support_format_empty(a);
    archive_read_support_format_raw(a);
    archive_read_set_callback_data(a, this);
    archive_read_set_read_callback(a, read_block);
    if (source.seek) archive_read_set_seek_callback(a, seek_to);
    return handle;
  }

  void cannot(const Origin& origin, std::string why) { reading_.scan().findings.cannot_read(origin.path, origin.inside, std::move(why)); }

  static std::string error_of(archive* a) {
    const char* const text = archive_error_string(a);
    return text == nullptr ? "damaged archive" : text;
  }

  // False: nothing more can be unpacked.
  bool one_entry(const Origin& outer, archive* a, archive_entry* entry) {
    const char* const name = archive_entry_pathname(entry);
    Origin origin{outer.path, outer.inside};
    std::string_view shown = name == nullptr ? "?" : name;
    if (shown.starts_with("./")) shown.remove_prefix(2);
    // The one entry of a compressed file has a name of the library's.
    if (archive_format(a) == ARCHIVE_FORMAT_RAW) shown = "unpacked";
    origin.inside += (origin.inside.empty() ? "" : "!") + std::string(shown);
    reading_.name_of(origin, shown);
    if (archive_entry_filetype(entry) != AE_IFREG && archive_entry_filetype(entry) != 0) return true;
    if (archive_entry_is_data_encrypted(entry) != 0) {
      cannot(origin, "encrypted");
      return true;
    }
    std::string beginning(kBlock, '\0');
    const Source data = [&](char* into, std::size_t room) -> std::int64_t {
      if (budget_.left == 0) return -EFBIG;
      const la_ssize_t got = archive_read_data(a, into, static_cast<std::size_t>(std::min<std::uint64_t>(room, budget_.left)));
      if (got < 0) {
        failed_ = error_of(a);
        return 0;
      }
      budget_.left -= static_cast<std::uint64_t>(got);
      return got;
    };
    failed_.clear();
    beginning.resize(fill(data, beginning.data(), beginning.size()));
    const Source all = behind(beginning, data);
    if (!is_archive(beginning)) {
      reading_.all_of(origin, all);
    } else if (depth_ >= limits::kScanArchiveDepth) {
      cannot(origin, "archives are packed more than " + std::to_string(limits::kScanArchiveDepth) + " deep");
    } else {
      nested(origin, all);
    }
    if (!failed_.empty()) cannot(origin, failed_.find("assphrase") != std::string::npos ? "encrypted" : failed_);
    if (budget_.left == 0) {
      cannot(outer, "it unpacks to more than a bound that real archives do not reach; the rest was not looked at");
      return false;
    }
    return true;
  }

  // In memory where it fits, since some formats must be sought in; else as it comes.
  void nested(const Origin& origin, const Source& all) {
    std::string bytes;
    bool whole = false;
    while (bytes.size() < limits::kScanArchiveInMemory.value) {
      const std::size_t held = bytes.size();
      bytes.resize(held + kBlock);
      const std::size_t got = fill(all, bytes.data() + held, kBlock);
      bytes.resize(held + got);
      if (got < kBlock) {
        whole = true;
        break;
      }
    }
    Unpacking inner(reading_, budget_, depth_ + 1);
    if (whole) {
      reading_.whole(origin, bytes);
      return inner.run(origin, bytes);
    }
    inner.run(origin, ArchiveSource{behind(bytes, all), {}});
  }

 private:
  Reading& reading_;
  Budget& budget_;
  int depth_;
  const ArchiveSource* source_ = nullptr;
  std::vector<char> block_;
  std::string failed_;
};

}  // namespace

bool is_archive(std::string_view beginning) {
  return std::ranges::any_of(kMarks, [&](const Mark& mark) {
    return beginning.size() >= mark.at + mark.bytes.size() && beginning.substr(mark.at, mark.bytes.size()) == mark.bytes;
  });
}

namespace {

bool is_left_out(Reading& reading) {
  if (!reading.scan().unpacks) ++reading.covered().packed;
  return !reading.scan().unpacks;
}
Budget budget_for(std::uint64_t packed) { return {limits::kScanUnpacked.value + packed * limits::kScanUnpackedTimes}; }

}  // namespace

void unpack(Reading& reading, const Origin& origin, const ArchiveSource& source, std::uint64_t packed) {
  if (is_left_out(reading)) return;
  Budget budget = budget_for(packed);
  Unpacking(reading, budget, 1).run(origin, source);
}

void unpack(Reading& reading, const Origin& origin, std::string_view bytes) {
  if (is_left_out(reading)) return;
  Budget budget = budget_for(bytes.size());
  Unpacking(reading, budget, 1).run(origin, bytes);
}

}  // namespace locksmith::scanner
