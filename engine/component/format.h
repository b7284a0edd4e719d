// format.h — the contract of decoders: bytes of records in, typed columns and rejected records out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/component/chunk.h"
#include "engine/data/column.h"

namespace weir {

/// One column the pipeline declared and uses (or must check: NOT NULL).
struct DecodedColumn {
  Field field;
  std::string from;          // name of the field in the record, or of the metadata column
  bool is_metadata = false;  // key, topic, partition, offset, timestamp, headers: filled from Record and RawChunk
};

enum class OnBadValue : std::uint8_t { reject, null };  // what a value of a wrong type does; a NOT NULL column always rejects

struct RejectedRecord {
  std::uint32_t record;   // index in RawChunk::records
  std::string code;       // "not_json", "not_object", "missing", "wrong_type", "invalid_utf8", "nul_character", "tombstone", ...
  std::string message;    // names the column and shows an excerpt
};

struct Decoded {
  Batch batch;                             // columns in the order given to decoder()
  std::vector<std::uint32_t> record_of_row;  // ascending
  std::vector<RejectedRecord> rejected;    // ascending by record
  std::uint64_t ignored = 0;               // records dropped on the user's wish (tombstones: ignore); counted as filtered
};

/// Immutable; decode() is called by several threads at once.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Every record ends in exactly one of batch, rejected, ignored. Columns may point into chunk.arena; what is new goes to chunk.arena too.
  virtual Decoded decode(RawChunk& chunk) const = 0;
};

/// The validated options of a format: immutable, part of the plan.
class Format {
 public:
  virtual ~Format() = default;
  virtual std::unique_ptr<Decoder> decoder(std::vector<DecodedColumn> columns, OnBadValue on_bad_value) const = 0;
  virtual std::string describe() const = 0;
};

/// Builds a metadata column for the given rows: shared by all decoders. `record_of_row` as in Decoded.
Column metadata_column(const DecodedColumn& column, const RawChunk& chunk, const std::vector<std::uint32_t>& record_of_row, Arena& arena);

}  // namespace weir
