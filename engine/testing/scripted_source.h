// scripted_source.h — a source whose splits and records are given beforehand. It can end early to be resumed later, or be shown one record
// after the other while a job reads it.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/component/registry.h"

namespace weir {

struct ScriptedRecord {
  ScriptedRecord() = default;
  ScriptedRecord(std::string text) : value(std::move(text)) {}
  ScriptedRecord(const char* text) : value(text) {}

  std::optional<std::string> value;  // nothing: a tombstone
  std::optional<std::string> key{};
  std::optional<std::int64_t> offset{};      // nothing: its number in the split
  std::int64_t timestamp = no_timestamp;
  std::string headers{};
};

/// How much of a script is there by now, and how much of that has been read. Any thread.
class ScriptGate {
 public:
  /// The first `count` records of the split are there, and more may come.
  void show(const std::string& split, std::size_t count);
  /// Nothing more is there in this split, as its broker says, until show() is called for it again.
  void say_end(const std::string& split);
  /// A source reads the split from `next` on; `is_waiting`: it has come back for more.
  void reads(const std::string& split, std::size_t next, bool is_waiting);
  /// Nobody reads the splits any more.
  void close();

  std::size_t shown(const std::string& split) const;
  bool is_at_end(const std::string& split) const;
  /// Whether everything shown has been read, and what reads it has come back for more.
  bool is_read_out() const;
  /// Waits for show(), but not for long.
  void wait() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  struct Split {
    std::size_t shown = 0, read = 0;
    bool is_waiting = false, is_at_end = false;
  };
  std::map<std::string, Split> splits_;  // Guarded by mutex_.
};

/// Records by split. `visible` records of each split exist for now; a later run may see more.
struct Script {
  std::map<std::string, std::vector<ScriptedRecord>> records;
  std::size_t visible = static_cast<std::size_t>(-1);
  std::function<Status()> on_list;   // called before the splits are listed, where given
  std::shared_ptr<ScriptGate> gate;  // where given, it says in place of `visible` what exists, at any time
};

/// The splits of `script` that are of `topic` ("orders" has orders/0), or all of them where that is empty.
std::shared_ptr<const SourceDefinition> scripted_definition(std::shared_ptr<const Script> script, std::string topic);

/// Connector "scripted": splits are those of `script`, or of one `topic`, positions are record numbers.
SourceSpec scripted_source(std::shared_ptr<const Script> script);

}  // namespace weir
