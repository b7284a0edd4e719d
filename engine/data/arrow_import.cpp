// arrow_import.cpp — takes over an Arrow struct array of others as a batch, in place wherever the layouts
// agree.
#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "engine/data/arrow_c.h"

namespace weir {
namespace {

// Keeps what the imported columns point at.
struct ImportOwner {
  ArrowSchema schema{};
  ArrowArray array{};
  std::vector<std::unique_ptr<Arena>> arenas;  // one for each text column: its blocks are the array's buffers

  ImportOwner(ArrowSchema* taken_schema, ArrowArray* taken_array)
      : schema(*taken_schema), array(*taken_array) {
    taken_schema->release = nullptr;
    taken_array->release = nullptr;
  }
  ImportOwner(const ImportOwner&) = delete;
  ImportOwner& operator=(const ImportOwner&) = delete;
  ~ImportOwner() {
    arenas.clear();
    if (array.release != nullptr) array.release(&array);
    if (schema.release != nullptr) schema.release(&schema);
  }
};

Error bad_data(std::string message) { return {ErrorKind::data, "Arrow: " + std::move(message)}; }

bool names_json(const char* metadata) {
  if (metadata == nullptr) return false;
  const auto take_number = [&] {
    std::int32_t number = 0;
    std::memcpy(&number, metadata, sizeof(number));
    metadata += sizeof(number);
    return number;
  };
  const auto take_text = [&] {
    const std::int32_t length = take_number();
    const std::string_view text(metadata, static_cast<std::size_t>(length));
    metadata += length;
    return text;
  };
  for (std::int32_t left = take_number(); left > 0; --left) {
    const std::string_view key = take_text();
    const std::string_view value = take_text();
    if (key == "ARROW:extension:name" && value == "arrow.json") return true;
  }
  return false;
}

// "10,2" or "10,2,128".
std::optional<Type> parse_decimal_format(std::string_view text) {
  int numbers[3] = {0, 0, 128};
  std::size_t count = 0;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (count < 3) {
    const auto [next, code] = std::from_chars(at, end, numbers[count]);
    if (code != std::errc()) return std::nullopt;
    ++count;
    if (next == end) break;
    if (*next != ',') return std::nullopt;
    at = next + 1;
  }
  const auto [precision, scale, bits] = numbers;
  if (count < 2 || bits != 128 || precision < 1 || precision > max_precision || scale < 0 ||
      scale > precision) {
    return std::nullopt;
  }
  return decimal_type(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale));
}

std::optional<Type> type_of(const ArrowSchema& schema);

std::optional<std::vector<Field>> fields_of(const ArrowSchema& schema) {
  std::vector<Field> fields;
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    const ArrowSchema& child = *schema.children[i];
    const auto type = type_of(child);
    if (!type) return std::nullopt;
    fields.push_back({child.name == nullptr ? "" : child.name, *type, (child.flags & ARROW_FLAG_NULLABLE) != 0});
  }
  return fields;
}

std::optional<Type> nested_type_of(const ArrowSchema& schema) {
  const std::string_view format = schema.format;
  const auto fields = fields_of(schema);
  if (!fields || fields->empty()) return std::nullopt;
  if (format == "+s") return struct_type(*fields);
  if (fields->size() != 1) return std::nullopt;
  const Field& inner = fields->front();
  if (format != "+m") return array_type(inner.type, inner.nullable);
  if (inner.type.kind != TypeKind::structure || inner.type.nested->fields.size() != 2) return std::nullopt;
  const std::vector<Field>& entry = inner.type.nested->fields;
  return map_type(entry[0].type, entry[1].type, entry[1].nullable);
}

std::optional<Type> type_of(const ArrowSchema& schema) {
  static const std::map<std::string_view, Type> plain{
      {"n", null_type},   {"b", boolean_type}, {"i", int32_type},     {"l", int64_type}, {"g", float64_type},
      {"u", string_type}, {"U", string_type},  {"vu", string_type},   {"z", bytes_type}, {"Z", bytes_type},
      {"vz", bytes_type}, {"tdD", date_type},  {"tin", interval_type}};
  const std::string_view format = schema.format;
  if (schema.dictionary != nullptr) return std::nullopt;
  if (format == "+l" || format == "+L" || format == "+m" || format == "+s") return nested_type_of(schema);
  if (format.starts_with("tsu:")) return timestamp_type;  // whatever the zone for display: the number is UTC
  if (format.starts_with("d:")) return parse_decimal_format(format.substr(2));
  const auto found = plain.find(format);
  if (found == plain.end()) return std::nullopt;
  if (found->second == string_type && names_json(schema.metadata)) return json_type;
  return found->second;
}

class ColumnImport {
 public:
  ColumnImport(const ArrowSchema& schema, const ArrowArray& array, std::int64_t offset, std::uint32_t rows,
               Arena& arena, ImportOwner& owner)
      : schema_(schema),
        format_(schema.format),
        array_(array),
        start_(static_cast<std::size_t>(offset + array.offset)),
        arena_(arena),
        owner_(owner) {
    column_.size = rows;
    column_.arena = &arena;
  }

  Result<Column> import(const Type& type) {
    column_.type = type;
    const bool has_validity_only = type.kind == TypeKind::structure;
    const std::size_t least_buffers = type.kind == TypeKind::null ? 0 : has_validity_only ? 1 : type.is_text_like() ? 3 : 2;
    if (static_cast<std::size_t>(array_.n_buffers) < least_buffers)
      return bad_data("an array has too few buffers");
    if (type.kind == TypeKind::null) return all_null();
    if (array_.null_count != 0 && array_.buffers[0] != nullptr)
      column_.validity = copy_bits(array_.buffers[0]);
    if (type.is_nested()) return import_nested();
    if (column_.size == 0) return column_;
    if (type.kind == TypeKind::boolean) {
      column_.values = copy_bits(array_.buffers[1]);
      return column_;
    }
    if (!type.is_text_like()) return import_fixed(type.width());
    if (format_.front() == 'v') return import_views();
    return format_ == "U" || format_ == "Z" ? import_offsets<std::int64_t>() : import_offsets<std::int32_t>();
  }

 private:
  Column all_null() { return ColumnWriter(null_type, column_.size, arena_).finish(); }

  // Bitmaps are copied: ours are whole words, and an array may start within a byte.
  const std::uint8_t* copy_bits(const void* from) {
    const std::size_t bytes = bitmap_bytes(column_.size);
    auto* bits = static_cast<std::uint8_t*>(arena_.allocate(bytes, 64));
    if (bytes == 0) return bits;
    std::memset(bits, 0, bytes);
    const auto* source = static_cast<const std::uint8_t*>(from);
    if (start_ % 8 == 0) {
      std::memcpy(bits, source + start_ / 8, (column_.size + 7) / 8);
      if (column_.size % 8 != 0)
        bits[column_.size / 8] &= static_cast<std::uint8_t>((1u << (column_.size % 8)) - 1);
      return bits;
    }
    for (std::uint32_t row = 0; row < column_.size; ++row) {
      if (get_bit(source, start_ + row)) set_bit(bits, row);
    }
    return bits;
  }

  Result<Column> import_child(const ArrowSchema& schema, const ArrowArray& array, const Type& type, std::size_t offset,
                              std::size_t rows) {
    if (array.length < 0 || static_cast<std::size_t>(array.length) < offset + rows)
      return bad_data("a child array is too short");
    return ColumnImport(schema, array, static_cast<std::int64_t>(offset), static_cast<std::uint32_t>(rows), arena_, owner_)
        .import(type);
  }

  Result<Column> import_nested() {
    if (array_.n_children != schema_.n_children) return bad_data("schema and array differ in their number of children");
    if (column_.type.kind == TypeKind::structure) return import_struct();
    return format_ == "+L" ? import_lists<std::int64_t>() : import_lists<std::int32_t>();
  }

  Result<Column> import_struct() {
    auto* rows = arena_.allocate_array<std::uint32_t>(column_.size);
    for (std::uint32_t row = 0; row < column_.size; ++row) rows[row] = row;
    column_.values = rows;
    return take_fields(schema_, array_, start_, column_.size);
  }

  /// The children of a struct, or of a map's entries, with these rows.
  Result<Column> take_fields(const ArrowSchema& schema, const ArrowArray& array, std::size_t offset, std::size_t rows) {
    std::vector<Column> children;
    for (std::size_t i = 0; i < column_.type.nested->fields.size(); ++i) {
      WEIR_ASSIGN(Column child, import_child(*schema.children[i], *array.children[i], column_.type.nested->fields[i].type,
                                             offset, rows));
      children.push_back(std::move(child));
    }
    column_.children = std::make_shared<const std::vector<Column>>(std::move(children));
    return column_;
  }

  template <typename Offset>
  Result<Column> import_lists() {
    auto* spans = arena_.allocate_array<Span>(column_.size);
    column_.values = spans;
    const auto* offsets = column_.size == 0 ? nullptr : static_cast<const Offset*>(array_.buffers[1]) + start_;
    const std::int64_t first = offsets == nullptr ? 0 : offsets[0];
    const std::int64_t last = offsets == nullptr ? 0 : offsets[column_.size];
    if (first < 0 || last < first || last - first > std::numeric_limits<std::int32_t>::max())
      return bad_data("the offsets of a list column are wrong");
    for (std::uint32_t row = 0; row < column_.size; ++row) {
      const Offset from = offsets[row];
      const Offset to = offsets[row + 1];
      if (from < first || to < from || to > last) return bad_data(fmt::format("the offsets of row {} do not ascend", row));
      spans[row] = {static_cast<std::uint32_t>(from - first), static_cast<std::uint32_t>(to - from)};
    }
    const auto offset = static_cast<std::size_t>(first);
    const auto rows = static_cast<std::size_t>(last - first);
    const ArrowSchema& inner = *schema_.children[0];
    const ArrowArray& values = *array_.children[0];
    if (column_.type.kind == TypeKind::array) return take_fields(schema_, array_, offset, rows);
    if (values.n_children != inner.n_children) return bad_data("a map's entries differ from their schema");
    return take_fields(inner, values, offset + static_cast<std::size_t>(values.offset), rows);
  }

  Result<Column> import_fixed(std::size_t width) {
    const char* values = static_cast<const char*>(array_.buffers[1]) + start_ * width;
    column_.values = is_aligned(values, width) ? values : copy_values(values, column_.size * width);
    return column_;
  }
  static bool is_aligned(const char* values, std::size_t width) {
    return reinterpret_cast<std::uintptr_t>(values) % width == 0;
  }
  void* copy_values(const char* values, std::size_t bytes) {
    void* copy = arena_.allocate(bytes, 64);
    std::memcpy(copy, values, bytes);
    return copy;
  }

  Arena& own_arena() {
    owner_.arenas.push_back(std::make_unique<Arena>(1024));
    column_.arena = owner_.arenas.back().get();
    return *owner_.arenas.back();
  }

  bool is_sound(const View& view, const Arena& arena) const {
    if (view.length < 0) return false;
    if (view.is_inline()) return true;
    const auto block = static_cast<std::size_t>(view.outside.block);
    return view.outside.block >= 0 && view.outside.offset >= 0 && block < arena.block_count() &&
           static_cast<std::size_t>(view.outside.offset) + static_cast<std::size_t>(view.length) <=
               arena.block_size(block);
  }

  Result<Column> import_views() {
    Arena& arena = own_arena();
    const auto block_count = static_cast<std::size_t>(array_.n_buffers - 3);
    const auto* sizes = static_cast<const std::int64_t*>(array_.buffers[array_.n_buffers - 1]);
    for (std::size_t block = 0; block < block_count; ++block) {
      arena.add_foreign_block(static_cast<const char*>(array_.buffers[2 + block]),
                              static_cast<std::size_t>(sizes[block]));
    }
    const char* values = static_cast<const char*>(array_.buffers[1]) + start_ * sizeof(View);
    const bool in_place = is_aligned(values, alignof(View));
    column_.values = in_place ? values : copy_values(values, column_.size * sizeof(View));
    bool has_wild_null = false;
    for (std::uint32_t row = 0; row < column_.size; ++row) {
      if (is_sound(column_.at<View>(row), arena)) continue;
      if (!column_.is_null(row))
        return bad_data(fmt::format("the view of row {} points out of its buffers", row));
      has_wild_null = true;
    }
    if (has_wild_null) tame_nulls();
    return column_;
  }

  // Ours reads the values of NULL rows too; what the producer left there must be harmless.
  void tame_nulls() {
    auto* views = static_cast<View*>(
        copy_values(static_cast<const char*>(column_.values), column_.size * sizeof(View)));
    for (std::uint32_t row = 0; row < column_.size; ++row) {
      if (column_.is_null(row)) views[row] = View{};
    }
    column_.values = views;
  }

  template <typename Offset>
  Result<Column> import_offsets() {
    const auto* offsets = static_cast<const Offset*>(array_.buffers[1]) + start_;
    const auto* bytes = static_cast<const char*>(array_.buffers[2]);
    const auto end = static_cast<std::int64_t>(offsets[column_.size]);
    if (end > std::numeric_limits<std::int32_t>::max()) return bad_data("a text column of more than 2 GiB");
    Arena& arena = own_arena();
    const std::size_t block = arena.add_foreign_block(bytes, static_cast<std::size_t>(end));
    auto* views = arena_.allocate_array<View>(column_.size);
    for (std::uint32_t row = 0; row < column_.size; ++row) {
      const Offset from = offsets[row];
      const Offset to = offsets[row + 1];
      if (from < 0 || to < from || to > end)
        return bad_data(fmt::format("the offsets of row {} do not ascend", row));
      views[row] = arena.view_in(block, bytes + from, static_cast<std::size_t>(to - from));
    }
    column_.values = views;
    return column_;
  }

  const ArrowSchema& schema_;
  std::string_view format_;
  const ArrowArray& array_;
  std::size_t start_;
  Arena& arena_;
  ImportOwner& owner_;
  Column column_;
};

Status check_root(const ArrowSchema& schema, const ArrowArray& array) {
  if (std::string_view(schema.format) != "+s")
    return bad_data(fmt::format("expected a struct array, got format {}", schema.format));
  if (schema.n_children != array.n_children)
    return bad_data("schema and array differ in their number of columns");
  if (array.length < 0 || array.length > std::numeric_limits<std::int32_t>::max()) {
    return bad_data(fmt::format("a batch of {} rows", array.length));
  }
  if (array.null_count != 0 && array.n_buffers > 0 && array.buffers[0] != nullptr) {
    return bad_data("rows of a batch cannot be NULL as a whole");
  }
  return {};
}

}  // namespace

Result<ImportedBatch> import_batch(ArrowSchema* schema, ArrowArray* array) {
  auto owner = std::make_shared<ImportOwner>(schema, array);
  WEIR_TRY(check_root(owner->schema, owner->array));
  ImportedBatch imported;
  imported.arena = std::make_shared<Arena>();
  auto names = std::make_shared<Schema>();
  const auto rows = static_cast<std::uint32_t>(owner->array.length);
  for (std::int64_t i = 0; i < owner->array.n_children; ++i) {
    const ArrowSchema& child = *owner->schema.children[i];
    const ArrowArray& values = *owner->array.children[i];
    const std::string name = child.name == nullptr ? "" : child.name;
    const auto type = type_of(child);
    if (!type)
      return bad_data(fmt::format("column {} has a format that is not supported: {}", name, child.format));
    if (values.length < owner->array.offset + owner->array.length)
      return bad_data(fmt::format("column {} is too short", name));
    ColumnImport import(child, values, owner->array.offset, rows, *imported.arena, *owner);
    auto column = import.import(*type);
    if (!column.ok()) return std::move(column).error().in("column " + name);
    imported.batch.columns.push_back(std::move(column).value());
    names->fields.push_back({name, *type, (child.flags & ARROW_FLAG_NULLABLE) != 0});
  }
  imported.batch.schema = std::move(names);
  imported.batch.row_count = rows;
  imported.owner = std::move(owner);
  return imported;
}

}  // namespace weir
