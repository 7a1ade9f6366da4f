#include "cli/whole_file.h"

#include <cerrno>
#include <cstdio>

namespace locksmith::cli {

bool write_whole(const std::string& path, std::string_view text) {
  const std::string draft = path + ".part";
  std::FILE* const file = std::fopen(draft.c_str(), "wbxe");
  if (file == nullptr) return false;
  bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  int error = errno;
  if (std::fclose(file) != 0 && written) {
    written = false;
    error = errno;
  }
  if (written && std::rename(draft.c_str(), path.c_str()) == 0) return true;
  if (written) error = errno;
  std::remove(draft.c_str());
  errno = error;
  return false;
}

}  // namespace locksmith::cli
