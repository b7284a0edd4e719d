// arrow_c.h — export and import of batches through the Arrow C data interface, without copying values.
// Layout of the two structs: https://arrow.apache.org/docs/format/CDataInterface.html
#pragma once

#include <cstdint>
#include <memory>

#include "engine/base/error.h"
#include "engine/data/column.h"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
extern "C" {
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};
}
#define ARROW_FLAG_NULLABLE 2
#endif

namespace weir {

/// As a struct array: one child per column ("b","i","l","g","d:p,s","vu","vz","tdD","tsu:UTC","tin"; json is
/// "vu" with extension name arrow.json). Constant columns are expanded. `owner` keeps the arena alive until
/// the array is released.
void export_batch(const Batch& batch, std::shared_ptr<const void> owner, ArrowSchema* schema,
                  ArrowArray* array);
/// Takes both structs over (releases them when the result's owner goes). Views ("vu"/"vz") and offsets
/// ("u","z","U","Z") are accepted; views and fixed widths are used in place where offset is 0.
struct ImportedBatch {
  Batch batch;
  std::shared_ptr<Arena> arena;
  std::shared_ptr<const void> owner;
};
Result<ImportedBatch> import_batch(ArrowSchema* schema, ArrowArray* array);

}  // namespace weir
