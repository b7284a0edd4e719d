// map_maker.h — makes maps of keys and values that stand in other columns.
#pragma once

#include "engine/expression/functions/array_maker.h"
#include "engine/expression/functions/element_set.h"

namespace weir {

/// One row after the other: its entries, then end_row; rows left out are NULL.
class MapMaker {
 public:
  /// Source i of the keys belongs to source i of the values.
  MapMaker(const Type& type, EvaluationContext& context, std::vector<const Column*> keys,
           std::vector<const Column*> values, std::string_view function)
      : type_(type),
        arena_(context.arena),
        writer_(type, context.rows, context.arena),
        keys_(std::move(keys)),
        values_(std::move(values)),
        function_(function) {}

  void take(std::uint32_t key, std::uint32_t value, std::size_t source = 0) {
    const Column& keys = keys_.source(source);
    if (keys.is_null(key)) {
      is_key_null_ = true;
    } else if (!seen_.add(keys, key)) {
      is_key_repeated_ = true;
    } else if (keys_.size() - ended_ <= max_made_elements) {
      keys_.add(key, source);
      values_.add(value, source);
    }
  }
  /// An error of the row where a key is NULL or was taken twice.
  void end_row(std::uint32_t row);
  void fail_row(std::uint32_t row, std::string code, std::string message);
  ColumnWriter& writer() { return writer_; }
  Column finish();

 private:
  Type type_;
  Arena& arena_;
  ColumnWriter writer_;
  Picks keys_;
  Picks values_;
  std::string_view function_;
  ElementSet seen_;
  bool is_key_null_ = false;
  bool is_key_repeated_ = false;
  std::uint32_t ended_ = 0;
};

}  // namespace weir
