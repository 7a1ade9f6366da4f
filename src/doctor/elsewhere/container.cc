// What container engines print of a container or an image. Source: the Engine API's ContainerInspect and
// ImageInspect (Docker 24), podman-inspect(1): Config.Env, Config.WorkingDir, Name, RepoTags.
#include "doctor/elsewhere/elsewhere.h"
#include "vocabulary/limits/input.h"
#include "wire/json/json.h"

namespace locksmith::doctor::elsewhere {
namespace {

using wire::json::Kind;
using wire::json::Value;

std::string name_of(Value entry) {
  std::string_view name = entry["Name"].string_or("");
  if (name.starts_with('/')) name.remove_prefix(1);
  if (!name.empty()) return "container " + std::string(name);
  std::string tag;
  entry["RepoTags"].for_each_element([&](Value one) {
    if (tag.empty()) tag = one.string_or("");
  });
  return tag.empty() ? "container" : "image " + tag;
}

void give(Value entry, GivenEnvironment& environment) {
  std::size_t count = 0;
  entry["Config"]["Env"].for_each_element([&](Value one) {
    if (const auto text = one.as_string(); text && ++count <= limits::kEntriesPerFile) environment.set(*text);
  });
  const std::string_view folder = entry["Config"]["WorkingDir"].string_or("");
  environment.set_folder(folder.empty() ? "/" : std::string(folder));
}

}  // namespace

Result<Elsewhere> read_container(const world::Environment& here, std::string_view json) {
  wire::json::Reader reader;
  const auto root = reader.parse(json);
  if (!root) return std::unexpected(root.error());
  Value chosen;
  // Of several, the container: an image's variables are in it already.
  const auto consider = [&](Value entry) {
    if (entry["Config"].kind() != Kind::object) return;
    if (!chosen || (!chosen["State"] && entry["State"])) chosen = entry;
  };
  if (root->kind() == Kind::array) {
    root->for_each_element([&](Value entry) { consider(entry); });
  } else {
    consider(*root);
  }
  if (!chosen) {
    return fail(FailureCode("inspect_invalid"), "This is not what docker inspect or podman inspect prints.",
                "Run: docker inspect NAME >container.json", Blame::user);
  }
  Elsewhere out;
  out.what = name_of(chosen);
  out.environment = std::make_unique<GivenEnvironment>(here);
  give(chosen, *out.environment);
  out.environment->set_container();
  out.sees_our_files = false;
  out.is_reachable = false;
  out.remarks.push_back({out.what, "Its variables were read; its files and its network were not."});
  return out;
}

}  // namespace locksmith::doctor::elsewhere
