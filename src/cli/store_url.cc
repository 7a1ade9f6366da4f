#include "cli/store_url.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "model/credential/credential.h"
#include "store/sqlite/sqlite_key_store.h"

namespace locksmith::cli {
namespace {

namespace fs = std::filesystem;

std::string from_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Result<std::string> default_path() {
  const std::string data = from_environment("XDG_DATA_HOME");
  const std::string home = from_environment("HOME");
  if (data.empty() && home.empty()) {
    return fail(FailureCode("store_url_invalid"), "There is no store: neither --store nor XDG_DATA_HOME nor HOME is set.",
                "Name a file: --store sqlite:PATH", Blame::user);
  }
  const fs::path folder = (data.empty() ? fs::path(home) / ".local" / "share" : fs::path(data)) / "locksmith";
  std::error_code error;
  const bool made = fs::create_directories(folder, error);
  if (made) fs::permissions(folder, fs::perms::owner_all, error);
  return (folder / "locksmith.db").string();
}

}  // namespace

Result<std::string> key_store_path(const std::string& given) {
  const std::string url = given.empty() ? from_environment("LOCKSMITH_STORE") : given;
  if (url.empty()) return default_path();
  if (url.starts_with("sqlite:") && url.size() > 7) return url.substr(7);
  if (url == "sqlite:") return fail(FailureCode("store_url_invalid"), "The store's URL names no file.", "Write sqlite:PATH", Blame::user);
  return fail(FailureCode("store_url_invalid"), "\"" + model::credential::redact(url.substr(0, url.find(':'))) + ":\" is no kind of store that this version has.",
              "Write sqlite:PATH", Blame::user);
}

Result<std::unique_ptr<store::KeyStore>> open_key_store(const std::string& given) {
  const auto found = key_store_path(given);
  if (!found) return std::unexpected(found.error());
  const std::string& path = *found;
  // SQLite makes its journal with the mode of the file, so the file comes first, with the right one.
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (descriptor >= 0) ::close(descriptor);
  auto store = store::sqlite::SqliteKeyStore::open(path);
  if (!store) return std::unexpected(std::move(store.error()));
  return std::unique_ptr<store::KeyStore>(std::move(*store));
}

}  // namespace locksmith::cli
