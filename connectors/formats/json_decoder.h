// json_decoder.h — decodes records that are JSON objects into typed columns.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/component/format.h"

namespace weir {

struct JsonOptions {
  std::int64_t max_bytes = 1 << 20;
  std::int64_t max_depth = 64;
  std::string duplicate_keys = "reject";  // reject | first | last
  std::string tombstones = "reject";      // reject | ignore
};

std::unique_ptr<Decoder> make_json_decoder(const JsonOptions& options, std::vector<DecodedColumn> columns,
                                           OnBadValue on_bad_value);

}  // namespace weir
