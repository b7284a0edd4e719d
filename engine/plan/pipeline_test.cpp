// pipeline_test.cpp — the tables that every test may look at.
#include "engine/plan/pipeline_test.h"

namespace weir {

const Schema& reject_columns() {
  static const Schema columns{{{"source", string_type, false},
                               {"sink", string_type, false},
                               {"reason", string_type, false},
                               {"message", string_type, false},
                               {"payload", string_type, true},
                               {"key", string_type, true},
                               {"partition", int32_type, false},
                               {"offset", int64_type, false},
                               {"part", string_type, false}}};
  return columns;
}

const Schema& ledger_columns() {
  static const Schema columns = [] {
    Schema made{{{"sink", string_type, false}}};
    for (const char* count : {"read", "expanded", "written", "duplicates", "filtered", "absorbed", "late", "rejected"})
      made.fields.push_back({count, int64_type, false});
    return made;
  }();
  return columns;
}

}  // namespace weir
