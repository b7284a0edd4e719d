// source.h — the contract of everything that rows come from.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/component/chunk.h"
#include "engine/data/type.h"

namespace weir {

/// What the runtime tells a source when it opens it.
struct SourceContext {
  std::string pipeline;
  std::string source;               // its name in the pipeline
  std::size_t chunk_rows = 1024;    // a chunk is closed at this many rows,
  std::size_t chunk_bytes = 256 << 10;  // or at this many bytes,
                                    // or when nothing more is there to read at once
  std::size_t memory_bytes = 32u << 20;  // what the source may hold prefetched
  bool needs_headers = false;       // whether the plan reads the headers metadata column
  bool ends = false;                // whether the job ends when everything that was there has been read: then nobody should wait for more
};

struct Polled {
  std::unique_ptr<RawChunk> chunk;    // null: nothing came within the patience
  std::vector<std::string> at_end;    // splits whose end, as it was when it was asked, has been reached by the chunks returned so far
};

struct SplitLag {
  std::string split;
  std::int64_t rows = -1;       // records between the read position and the end; -1: not known
};

/// A source of splits: ordered, resumable sequences of records. It never commits its own position: the sink's transaction does.
///
/// "reader": add_split, remove_split and poll are called by one thread. list_splits and start_position are called by another; committed, lag and
/// health by any.
class Source {
 public:
  virtual ~Source() = default;
  /// The splits there are now. Service errors are retried by the caller. A user error ends the run (topic missing and such).
  virtual Result<std::vector<std::string>> list_splits() = 0;
  /// Where a split that has no stored position begins: by the `start` option, or at its very beginning if it `appeared_later`, that is
  /// after the pipeline's first start.
  virtual Result<Position> start_position(const std::string& split, bool appeared_later) = 0;
  /// Reader. Begins to read `split` at `position`. A fatal error if what lies there is not what was read before (truncated or re-created topic) or is gone (retention):
  /// the message names the lost range and the way out.
  virtual Status add_split(const std::string& split, const Position& position) = 0;
  /// Reader. Stops reading; what was polled before stays valid. Unknown splits are ignored.
  virtual void remove_split(const std::string& split) = 0;
  /// Reader. Waits at most `patience` for rows; returns as soon as there are some. A service error may be retried.
  virtual Result<Polled> poll(std::chrono::milliseconds patience) = 0;
  /// Tells that the sink's commit of `position` succeeded; a source may mirror it for other tools. Never blocks for long.
  virtual void committed(const std::string& split, const Position& position) = 0;
  virtual std::vector<SplitLag> lag() const = 0;
  /// Empty when all is well, else a sentence such as "broker 127.0.0.1:9092: connection refused".
  virtual std::string health() const = 0;
};

/// A column that the source itself can give, besides the decoded ones.
struct MetadataColumn { std::string name; Type type; bool nullable; std::string summary; };

/// The validated options of one source of a pipeline: immutable, part of the plan.
class SourceDefinition {
 public:
  virtual ~SourceDefinition() = default;
  virtual Result<std::unique_ptr<Source>> open(const SourceContext& context) const = 0;
  /// For `check --connect`: reaches the service within `patience`, checks login, topics and permissions.
  virtual Status check_connect(std::chrono::milliseconds patience) const = 0;
  /// For explain: "kafka topic product_view at localhost:9092"; without secrets.
  virtual std::string describe() const = 0;
  /// What of the options belongs to the plan's identity (topic, not brokers or passwords).
  virtual std::string fingerprint() const = 0;
};

}  // namespace weir
