#include "scanner/findings.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "vocabulary/limits/scan.h"

namespace locksmith::scanner {
namespace {

// A file's name may hold a key as well as its text.
void hide_keys(std::string& path) {
  if (path.find("sk-ant-") != std::string::npos || path.find("lks_") != std::string::npos) path = model::credential::redact(path);
}

auto order(const Place& p) { return std::tie(p.path, p.inside, p.line, p.offset, p.carrier, p.commit); }
auto age(const Place& p) { return std::tie(p.path, p.inside, p.carrier, p.committed, p.commit); }

void put_in_order(Finding& finding) {
  auto& places = finding.places;
  std::set<std::string> unpacked;  // files in whose entries it was found
  for (const Place& place : places) {
    if (!place.inside.empty()) unpacked.insert(place.path);
  }
  std::erase_if(places, [&](const Place& place) { return place.inside.empty() && unpacked.contains(place.path); });
  std::ranges::sort(places, [](const Place& a, const Place& b) { return order(a) < order(b); });
  // Of the versions of one file the oldest stands for all.
  const auto history = std::ranges::stable_partition(places, [](const Place& place) { return place.commit.empty(); });
  std::ranges::sort(history, [](const Place& a, const Place& b) { return age(a) < age(b); });
  Place* oldest = nullptr;
  for (Place& place : history) {
    if (oldest == nullptr || oldest->path != place.path || oldest->inside != place.inside || oldest->carrier != place.carrier) {
      oldest = &place;
    } else {
      oldest->later_versions += oldest->commit == place.commit ? 0U : 1U;
      place.path.clear();
    }
  }
  std::erase_if(places, [](const Place& place) { return place.path.empty(); });
  std::ranges::sort(places, [](const Place& a, const Place& b) { return order(a) < order(b); });
  const auto same = std::ranges::unique(places, [](const Place& a, const Place& b) { return order(a) == order(b); });
  places.erase(same.begin(), same.end());
}

}  // namespace

std::string Finding::fingerprint() const { return wire::digest::to_hex(digest).substr(0, 16); }

void Covered::add(const Covered& other) {
  files += other.files;
  bytes += other.bytes;
  archives += other.archives;
  packed += other.packed;
  objects += other.objects;
  repositories += other.repositories;
  allowed += other.allowed;
  placeholders += other.placeholders;
}

void Findings::add(const model::finding::Found& found, Place place) {
  const std::string_view key = found.key.reveal();
  hide_keys(place.path);
  hide_keys(place.inside);
  const auto digest = wire::digest::sha256(key);
  const std::lock_guard lock(mutex_);
  auto at = by_digest_.find(digest);
  if (at == by_digest_.end()) {
    if (by_digest_.size() >= limits::kScanKeys) {
      ++more_unread_;
      return;
    }
    Finding finding;
    finding.digest = digest;
    finding.shape = found.shape;
    finding.grade = found.grade;
    finding.hint = model::finding::hint(key);
    if (keep_keys_) finding.key = found.key.duplicate();
    at = by_digest_.emplace(digest, std::move(finding)).first;
  }
  if (at->second.places.size() < limits::kScanPlaces) {
    at->second.places.push_back(std::move(place));
  } else {
    ++at->second.more_places;
  }
}

void Findings::cannot_read(std::string path, std::string inside, std::string why) {
  hide_keys(path);
  hide_keys(inside);
  const std::lock_guard lock(mutex_);
  if (unread_.size() < limits::kScanUnread) {
    unread_.push_back({std::move(path), std::move(inside), std::move(why)});
  } else {
    ++more_unread_;
  }
}

std::size_t Findings::keys_so_far() const {
  const std::lock_guard lock(mutex_);
  return by_digest_.size();
}

void Findings::each_place(const std::function<void(Place&)>& change) {
  for (auto& [digest, finding] : by_digest_) std::ranges::for_each(finding.places, change);
}

std::vector<Finding> Findings::take() {
  std::vector<Finding> all;
  for (auto& [digest, finding] : by_digest_) {
    put_in_order(finding);
    all.push_back(std::move(finding));
  }
  by_digest_.clear();
  std::ranges::sort(all, [](const Finding& a, const Finding& b) {
    return std::tie(a.places.front().path, a.places.front().inside, a.places.front().offset, a.digest) <
           std::tie(b.places.front().path, b.places.front().inside, b.places.front().offset, b.digest);
  });
  return all;
}

std::vector<Unread> Findings::take_unread(std::uint64_t& more) {
  std::ranges::sort(unread_, [](const Unread& a, const Unread& b) { return std::tie(a.path, a.inside, a.why) < std::tie(b.path, b.inside, b.why); });
  more = more_unread_;
  return std::move(unread_);
}

}  // namespace locksmith::scanner
