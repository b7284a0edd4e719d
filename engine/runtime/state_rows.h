// state_rows.h — rows of weir_state as the rows of any table: what is to be written, and keys of what is to go.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/component/store.h"

namespace weir {

struct StateRow {
  std::string_view name;
  std::string key;
  std::string value;
  bool is_new = false;  // nothing has the key yet
};

/// The store's weir_state as a table to write; without values, one of keys, for rows that are to go.
SinkTable state_table_of(const Store& store, bool with_values);

/// `encoder`: the store's, of state_table_of() with or without values.
void encode_state(const std::string& pipeline, std::span<const StateRow> rows, std::int64_t epoch, const RowEncoder& encoder, bool with_values,
                  EncodedRows& out);

}  // namespace weir
