// watermarks.cpp — minima over splits.
#include "engine/runtime/watermarks.h"

#include <algorithm>
#include <cstring>

#include "engine/plan/stage.h"

namespace weir {
namespace {

constexpr char saved_version = 1;

void append_number(std::int64_t number, std::string& bytes) { bytes.append(reinterpret_cast<const char*>(&number), sizeof number); }

void append_text(const std::string& text, std::string& bytes) {
  append_number(static_cast<std::int64_t>(text.size()), bytes);
  bytes += text;
}

/// Takes values off saved bytes; is_good becomes false where there is none.
struct Reader {
  std::string_view bytes;
  bool is_good = true;

  std::int64_t number() {
    std::int64_t value = 0;
    if (bytes.size() < sizeof value) {
      is_good = false;
      return 0;
    }
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return value;
  }
  std::string text() {
    const std::int64_t size = number();
    if (size < 0 || static_cast<std::uint64_t>(size) > bytes.size()) is_good = false;
    if (!is_good) return {};
    const std::string value(bytes.substr(0, static_cast<std::size_t>(size)));
    bytes.remove_prefix(static_cast<std::size_t>(size));
    return value;
  }
};

}  // namespace

std::map<std::string, EventTime> timed_sources(const Plan& plan) {
  std::map<std::string, EventTime> rules;
  for (const Stage& stage : fuse(plan)) {
    const auto& scan = std::get<ScanNode>(plan.nodes[stage.scan].operation);
    if (stage.is_timed && scan.time) rules.emplace(scan.source, *scan.time);
  }
  return rules;
}

void Watermarks::join(const std::string& source, const std::vector<std::string>& splits, Clock::time_point now) {
  if (!knows(source)) return;
  const std::scoped_lock lock(mutex_);
  for (const std::string& split : splits) {
    Split& known = splits_[source][split];
    if (known.is_here) continue;
    known.is_here = true;
    known.last = now;
    // Windows may have closed before there was such a split, or while it was idle.
    raise_floor(known);
  }
  joined_.insert(source);
}

Watermarks::Pass Watermarks::enter(const std::string& source, const std::string& split, std::int64_t latest_of_rows, Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  Split& known = splits_[source][split];
  if (known.is_idle) {
    known.is_idle = false;
    raise_floor(known);
  }
  known.last = now;
  is_quiet_ = false;
  expire_judged();  // before these rows: the first of them are judged by what came before
  const EventTime& rules = rules_.at(source);
  const Pass pass{known.entered, known.floor, rules.bound().count(), rules.keeps_for_ever(), judged_};
  known.entered = std::max(known.entered, latest_of_rows);
  return pass;
}

void Watermarks::raise_floor(Split& split) const { split.floor = std::max({split.floor, closed_.expired, judged_}); }

void Watermarks::expire_judged() {
  if (!is_ready()) return;
  std::int64_t expired = std::numeric_limits<std::int64_t>::max();
  for (const auto& [source, splits] : splits_) {
    const EventTime& rules = rules_.at(source);
    for (const auto& [name, split] : splits) {
      if (split.is_idle || !split.is_here) continue;
      const bool expires = split.entered > no_time && !rules.keeps_for_ever();
      expired = std::min(expired, std::max(expires ? split.entered - rules.bound().count() : no_time, split.floor));
    }
  }
  judged_ = std::max(judged_, expired);
}

void Watermarks::commit(const std::string& source, const std::string& split, std::int64_t latest) {
  if (!knows(source)) return;
  const std::scoped_lock lock(mutex_);
  Split& known = splits_[source][split];
  known.committed = std::max(known.committed, latest);
}

bool Watermarks::rest(const std::string& source, const std::set<std::string>& at_end, Clock::time_point now) {
  if (!knows(source)) return false;
  const EventTime& rules = rules_.at(source);
  const std::scoped_lock lock(mutex_);
  bool is_news = false;
  for (auto& [name, split] : splits_[source]) {
    if (!at_end.contains(name) || split.is_idle || split.entered != split.committed || now - split.last < rules.idle_after) continue;
    split.is_idle = is_news = true;
  }
  if (!rules.close_when_quiet || is_quiet_) return is_news;
  bool is_quiet = is_ready();
  for (const auto& [of, splits] : splits_) {
    for (const auto& [name, split] : splits) is_quiet = is_quiet && (split.is_idle || of != source) && now - split.last >= *rules.close_when_quiet;
  }
  is_quiet_ = is_quiet;
  return is_news || is_quiet;
}

bool Watermarks::is_ready() const { return joined_.size() == rules_.size(); }

Watermarks::Closed Watermarks::close() {
  const std::scoped_lock lock(mutex_);
  closed_.is_quiet = is_quiet_;
  if (!is_ready()) return closed_;
  std::int64_t final = std::numeric_limits<std::int64_t>::max(), expired = final;
  bool has_live = false;
  for (const auto& [source, splits] : splits_) {
    const EventTime& rules = rules_.at(source);
    for (const auto& [name, split] : splits) {
      if (split.is_idle || !split.is_here) continue;
      has_live = true;
      const bool has_rows = split.committed > no_time;
      final = std::min(final, std::max(has_rows ? split.committed - rules.delay.count() : no_time, split.floor));
      const bool expires = has_rows && !rules.keeps_for_ever();
      expired = std::min(expired, std::max(expires ? split.committed - rules.bound().count() : no_time, split.floor));
    }
  }
  if (!has_live) {
    // All are idle: what is there has been read, and the furthest of them says how far the time has come.
    final = expired = no_time;
    for (const auto& [source, splits] : splits_) {
      const EventTime& rules = rules_.at(source);
      for (const auto& [name, split] : splits) {
        if (split.committed == no_time) continue;
        final = std::max(final, split.committed - rules.delay.count());
        if (!rules.keeps_for_ever()) expired = std::max(expired, split.committed - rules.bound().count());
      }
    }
  }
  closed_.final = std::max(closed_.final, final);
  closed_.expired = std::max(closed_.expired, expired);
  return closed_;
}

Watermarks::Closed Watermarks::closed() const {
  const std::scoped_lock lock(mutex_);
  return closed_;
}

std::string Watermarks::save() const {
  const std::scoped_lock lock(mutex_);
  std::string bytes(1, saved_version);
  append_number(closed_.final, bytes);
  append_number(closed_.expired, bytes);
  for (const auto& [source, splits] : splits_) {
    for (const auto& [name, split] : splits) {
      append_text(source, bytes);
      append_text(name, bytes);
      append_number(split.committed, bytes);
      append_number(split.floor, bytes);
    }
  }
  return bytes;
}

Status Watermarks::load(std::string_view bytes) {
  const Error damaged{ErrorKind::fatal, "the saved watermarks are damaged"};
  if (bytes.empty() || bytes[0] != saved_version) return damaged;
  Reader reader{bytes.substr(1)};
  const std::scoped_lock lock(mutex_);
  closed_.final = reader.number();
  closed_.expired = reader.number();
  while (reader.is_good && !reader.bytes.empty()) {
    const std::string source = reader.text(), name = reader.text();
    Split split;
    split.committed = split.entered = reader.number();
    split.floor = reader.number();
    if (reader.is_good && knows(source)) splits_[source][name] = split;
  }
  return reader.is_good ? Status{} : Status(damaged);
}

}  // namespace weir
