// result_column.cpp — takes over what a plugin has computed, believing nothing.
#include "udf/host/result_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>

#include "engine/data/utf8.h"
#include "engine/expression/json_text.h"

namespace weir {
namespace {

enum class Layout { none, bits, fixed, offsets32, offsets64, views };

Error wrong(std::string message) { return Error{ErrorKind::data, "the result " + std::move(message)}; }

std::string format_of(const Type& type) {
  switch (type.kind) {
    case TypeKind::null: return "n";
    case TypeKind::boolean: return "b";
    case TypeKind::int32: return "i";
    case TypeKind::int64: return "l";
    case TypeKind::float64: return "g";
    case TypeKind::decimal: return fmt::format("d:{},{}", type.precision, type.scale);
    case TypeKind::string:
    case TypeKind::json: return "u, U or vu";
    case TypeKind::bytes: return "z, Z or vz";
    case TypeKind::date: return "tdD";
    case TypeKind::timestamp: return "tsu:UTC";
    case TypeKind::interval: return "tin";
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::structure: break;  // not among the types that plugins declare
  }
  return "n";
}

Layout text_layout(std::string_view format, char small, char large) {
  if (format == std::string_view(&small, 1)) return Layout::offsets32;
  if (format == std::string_view(&large, 1)) return Layout::offsets64;
  return format.size() == 2 && format[0] == 'v' && format[1] == small ? Layout::views : Layout::none;
}

Layout layout_of(std::string_view format, const Type& type) {
  if (type.kind == TypeKind::bytes) return text_layout(format, 'z', 'Z');
  if (type.is_text_like()) return text_layout(format, 'u', 'U');
  if (type.kind == TypeKind::timestamp) return format.starts_with("tsu:") ? Layout::fixed : Layout::none;
  if (format != format_of(type)) return Layout::none;
  return type.kind == TypeKind::boolean ? Layout::bits : Layout::fixed;
}

class Taking {
 public:
  Taking(const ArrowArray& array, const Type& type, std::uint32_t rows, Arena& arena)
      : array_(array), type_(type), start_(static_cast<std::size_t>(array.offset)), arena_(arena) {
    column_.type = type;
    column_.size = rows;
    column_.arena = &arena;
  }

  Result<Column> take(Layout layout) {
    WEIR_TRY(take_validity());
    switch (layout) {
      case Layout::bits:
        column_.values = copy_bits(array_.buffers[1]);
        break;
      case Layout::offsets32:
        WEIR_TRY(take_offsets<std::int32_t>());
        break;
      case Layout::offsets64:
        WEIR_TRY(take_offsets<std::int64_t>());
        break;
      case Layout::views:
        WEIR_TRY(take_views());
        break;
      default:
        take_fixed();
    }
    check_values();
    add_errors(column_, std::move(errors_), arena_);
    return std::move(column_);
  }

 private:
  std::uint32_t rows() const { return column_.size; }

  Status take_validity() {
    if (array_.buffers[0] == nullptr) {
      if (array_.null_count <= 0) return {};
      return wrong(fmt::format("counts {} NULLs but says nowhere which", array_.null_count));
    }
    std::uint8_t* bits = copy_bits(array_.buffers[0]);
    std::int64_t valid = 0;
    for (std::size_t i = 0; i < bitmap_bytes(rows()); ++i) valid += std::popcount(bits[i]);
    const std::int64_t nulls = rows() - valid;
    if (array_.null_count >= 0 && array_.null_count != nulls)
      return wrong(fmt::format("counts {} NULLs, but {} rows are NULL", array_.null_count, nulls));
    if (nulls != 0) column_.validity = bits;
    return {};
  }

  std::uint8_t* copy_bits(const void* from) {
    const std::size_t bytes = bitmap_bytes(rows());
    auto* bits = static_cast<std::uint8_t*>(arena_.allocate(bytes, 64));
    if (bytes != 0) std::memset(bits, 0, bytes);
    const auto* source = static_cast<const std::uint8_t*>(from);
    if (start_ % 8 == 0) {
      std::memcpy(bits, source + start_ / 8, (rows() + 7) / 8);
      if (rows() % 8 != 0) bits[rows() / 8] &= static_cast<std::uint8_t>((1u << (rows() % 8)) - 1);
      return bits;
    }
    for (std::uint32_t row = 0; row < rows(); ++row) {
      if (get_bit(source, start_ + row)) set_bit(bits, row);
    }
    return bits;
  }

  void take_fixed() {
    const std::size_t bytes = rows() * type_.width();
    void* values = arena_.allocate(bytes, 64);
    if (bytes != 0)
      std::memcpy(values, static_cast<const char*>(array_.buffers[1]) + start_ * type_.width(), bytes);
    column_.values = values;
  }

  // A result array need not be aligned, so offsets are read by copying them.
  template <typename Offset>
  static std::int64_t offset_at(const void* offsets, std::size_t index) {
    Offset offset;
    std::memcpy(&offset, static_cast<const char*>(offsets) + index * sizeof(Offset), sizeof(Offset));
    return offset;
  }

  template <typename Offset>
  Status take_offsets() {
    const void* offsets = array_.buffers[1];
    auto* views = make_views();
    if (rows() == 0) return {};
    const std::int64_t first = offset_at<Offset>(offsets, start_);
    std::int64_t from = first;
    if (first < 0) return wrong(fmt::format("begins at offset {}", first));
    for (std::uint32_t row = 0; row < rows(); ++row) {
      const std::int64_t to = offset_at<Offset>(offsets, start_ + row + 1);
      if (to < from) return wrong(fmt::format("has offsets that do not ascend, at row {}", row));
      from = to;
    }
    const std::int64_t size = from - first;
    if (size > std::numeric_limits<std::int32_t>::max()) return wrong("holds more than 2 GiB of text");
    const auto* bytes = static_cast<const char*>(array_.buffers[2]);
    if (size > 0 && bytes == nullptr) return wrong("has no bytes");
    char* copy = static_cast<char*>(arena_.allocate(static_cast<std::size_t>(size), 1));
    if (size > 0) std::memcpy(copy, bytes + first, static_cast<std::size_t>(size));
    for (std::uint32_t row = 0; row < rows(); ++row) {
      const std::int64_t at = offset_at<Offset>(offsets, start_ + row) - first;
      const std::int64_t end = offset_at<Offset>(offsets, start_ + row + 1) - first;
      views[row] = arena_.view_in(arena_.current_block(), copy + at, static_cast<std::size_t>(end - at));
    }
    return {};
  }

  View* make_views() {
    auto* views = static_cast<View*>(arena_.allocate(rows() * sizeof(View), 64));
    for (std::uint32_t row = 0; row < rows(); ++row) views[row] = View{};
    column_.values = views;
    return views;
  }

  Status take_views() {
    auto* views = make_views();
    const std::int64_t blocks = array_.n_buffers - 3;
    const auto* sizes = static_cast<const std::int64_t*>(array_.buffers[array_.n_buffers - 1]);
    if (blocks > 0 && sizes == nullptr) return wrong("does not say how large its buffers are");
    for (std::uint32_t row = 0; row < rows(); ++row) {
      if (column_.is_null(row)) continue;
      View view;
      std::memcpy(&view, static_cast<const char*>(array_.buffers[1]) + (start_ + row) * sizeof(View), sizeof view);
      if (view.length >= 0 && view.is_inline()) {
        views[row] = view;
        continue;
      }
      const bool is_inside = view.length >= 0 && view.outside.block >= 0 && view.outside.block < blocks &&
                             view.outside.offset >= 0 && array_.buffers[2 + view.outside.block] != nullptr &&
                             std::int64_t{view.outside.offset} + view.length <= sizes[view.outside.block];
      if (!is_inside) return wrong(fmt::format("has a view that points out of its buffers, at row {}", row));
      const auto* bytes = static_cast<const char*>(array_.buffers[2 + view.outside.block]);
      views[row] = arena_.copy({bytes + view.outside.offset, static_cast<std::size_t>(view.length)});
    }
    return {};
  }

  void check_values() {
    const bool is_json = type_.kind == TypeKind::json;
    if (type_.kind == TypeKind::string || is_json) {
      for (std::uint32_t row = 0; row < rows(); ++row) {
        if (column_.is_null(row)) continue;
        const std::string_view text = column_.text_at(row);
        if (!is_valid_utf8(text)) {
          refuse(row, "the result is not valid UTF-8");
        } else if (is_json && !is_valid_json(text)) {
          refuse(row, "the result is not valid JSON");
        }
      }
    }
    if (type_.kind != TypeKind::decimal) return;
    for (std::uint32_t row = 0; row < rows(); ++row) {
      if (!column_.is_null(row) && !fits_precision(column_.at<Int128>(row), type_.precision))
        refuse(row, fmt::format("the result has more than {} digits", int{type_.precision}));
    }
  }

  void refuse(std::uint32_t row, std::string message) {
    errors_.push_back({row, udf_result_code, std::move(message)});
  }

  const ArrowArray& array_;
  Type type_;
  std::size_t start_;
  Arena& arena_;
  Column column_;
  std::vector<RowError> errors_;
};

Status check_shape(const ArrowArray& array, Layout layout, std::uint32_t rows) {
  if (array.length != rows) return wrong(fmt::format("has {} rows, expected {}", array.length, rows));
  if (array.offset < 0) return wrong(fmt::format("begins at offset {}", array.offset));
  if (array.n_children != 0 || array.dictionary != nullptr) return wrong("has children or a dictionary");
  const std::int64_t wanted = layout == Layout::bits || layout == Layout::fixed ? 2 : 3;
  const bool is_enough = layout == Layout::views ? array.n_buffers >= wanted : array.n_buffers == wanted;
  if (!is_enough || array.buffers == nullptr)
    return wrong(fmt::format("has {} buffers, expected {}", array.buffers == nullptr ? 0 : array.n_buffers, wanted));
  if (rows != 0 && array.buffers[1] == nullptr) return wrong("has no values");
  return {};
}

}  // namespace

void add_errors(Column& column, std::vector<RowError> errors, Arena& arena) {
  if (errors.empty()) return;
  auto all = std::make_shared<RowErrors>();
  if (column.errors != nullptr) all->rows = column.errors->rows;
  all->rows.insert(all->rows.end(), std::make_move_iterator(errors.begin()), std::make_move_iterator(errors.end()));
  const auto by_row = [](const RowError& a, const RowError& b) { return a.row < b.row; };
  const auto is_same_row = [](const RowError& a, const RowError& b) { return a.row == b.row; };
  std::stable_sort(all->rows.begin(), all->rows.end(), by_row);
  all->rows.erase(std::unique(all->rows.begin(), all->rows.end(), is_same_row), all->rows.end());
  const std::size_t bytes = bitmap_bytes(column.size);
  auto* bits = static_cast<std::uint8_t*>(arena.allocate(bytes, 64));
  if (column.validity == nullptr) {
    std::memset(bits, 0xFF, bytes);
  } else {
    std::memcpy(bits, column.validity, bytes);
  }
  const std::size_t width = column.type.width();
  for (const RowError& error : all->rows) {
    clear_bit(bits, error.row);
    // The column is this arena's own: take_result copied it here.
    std::memset(static_cast<char*>(const_cast<void*>(column.values)) + error.row * width, 0, width);
  }
  column.validity = bits;
  column.errors = std::move(all);
}

Result<Column> take_result(const weir_column& given, const Type& type, std::uint32_t rows, Arena& arena) {
  if (given.array.release == nullptr) return wrong("was not given");
  if (given.format == nullptr) return wrong("has no format");
  const Layout layout = layout_of(given.format, type);
  if (layout == Layout::none) {
    return wrong(fmt::format("has format {}, expected {} for the type {}", given.format, format_of(type), to_string(type)));
  }
  WEIR_TRY(check_shape(given.array, layout, rows));
  return Taking(given.array, type, rows, arena).take(layout);
}

}  // namespace weir
