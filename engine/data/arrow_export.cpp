// arrow_export.cpp — shows a batch to others as an Arrow struct array, in place wherever the layouts agree.
#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

#include "engine/data/arrow_c.h"

namespace weir {
namespace {

// What an exported schema owns.
struct SchemaContents {
  std::string format;
  std::string name;
  std::string metadata;
  std::vector<std::unique_ptr<ArrowSchema>> children;
  std::vector<ArrowSchema*> child_pointers;
};

// What an exported array owns or keeps alive.
struct ArrayContents {
  std::shared_ptr<const void> owner;
  Arena expanded{4096};  // values of constant columns, one for each row
  std::vector<const void*> buffers;
  std::vector<std::int64_t> block_sizes;
  std::vector<std::unique_ptr<ArrowArray>> children;
  std::vector<ArrowArray*> child_pointers;
};

// A consumer may have moved a child away, which it says by clearing `release`.
template <typename Contents, typename Struct>
void release(Struct* exported) {
  for (std::int64_t i = 0; i < exported->n_children; ++i) {
    if (exported->children[i]->release != nullptr) exported->children[i]->release(exported->children[i]);
  }
  delete static_cast<Contents*>(exported->private_data);
  exported->release = nullptr;
}

std::string arrow_format(const Type& type) {
  switch (type.kind) {
    case TypeKind::null:
      return "n";
    case TypeKind::boolean:
      return "b";
    case TypeKind::int32:
      return "i";
    case TypeKind::int64:
      return "l";
    case TypeKind::float64:
      return "g";
    case TypeKind::decimal:
      return fmt::format("d:{},{}", type.precision, type.scale);
    case TypeKind::string:
    case TypeKind::json:
      return "vu";
    case TypeKind::bytes:
      return "vz";
    case TypeKind::date:
      return "tdD";
    case TypeKind::timestamp:
      return "tsu:UTC";
    case TypeKind::interval:
      return "tin";
    case TypeKind::array:
      return "+l";
    case TypeKind::map:
      return "+m";
    case TypeKind::structure:
      return "+s";
  }
  return "n";
}

// The C interface's encoding: counts and lengths as 32-bit integers before the bytes.
std::string json_extension_metadata() {
  std::string metadata;
  const auto append_number = [&](std::int32_t number) {
    metadata.append(reinterpret_cast<const char*>(&number), sizeof(number));
  };
  const auto append_text = [&](std::string_view text) {
    append_number(static_cast<std::int32_t>(text.size()));
    metadata.append(text);
  };
  append_number(1);
  append_text("ARROW:extension:name");
  append_text("arrow.json");
  return metadata;
}

void export_schema(std::string format, const std::string& name, bool nullable, bool is_json,
                   std::vector<std::unique_ptr<ArrowSchema>> children, ArrowSchema* out) {
  auto contents = std::make_unique<SchemaContents>();
  contents->format = std::move(format);
  contents->name = name;
  if (is_json) contents->metadata = json_extension_metadata();
  contents->children = std::move(children);
  for (const auto& child : contents->children) contents->child_pointers.push_back(child.get());
  *out = ArrowSchema{};
  out->format = contents->format.c_str();
  out->name = contents->name.c_str();
  out->metadata = is_json ? contents->metadata.c_str() : nullptr;
  out->flags = nullable ? ARROW_FLAG_NULLABLE : 0;
  out->n_children = static_cast<std::int64_t>(contents->children.size());
  out->children = contents->child_pointers.data();
  out->release = release<SchemaContents, ArrowSchema>;
  out->private_data = contents.release();
}

std::unique_ptr<ArrowSchema> schema_of(const Field& field) {
  auto schema = std::make_unique<ArrowSchema>();
  std::vector<std::unique_ptr<ArrowSchema>> children;
  if (field.type.is_nested()) {
    for (const Field& inner : field.type.nested->fields) children.push_back(schema_of(inner));
  }
  if (field.type.kind == TypeKind::map) {  // Arrow's maps hold structs
    auto entries = std::make_unique<ArrowSchema>();
    export_schema("+s", "entries", false, false, std::move(children), entries.get());
    children.clear();
    children.push_back(std::move(entries));
  }
  export_schema(arrow_format(field.type), field.name, field.nullable, field.type.kind == TypeKind::json,
                std::move(children), schema.get());
  return schema;
}

void export_array(std::int64_t length, std::int64_t null_count, std::unique_ptr<ArrayContents> contents,
                  ArrowArray* out) {
  for (const auto& child : contents->children) contents->child_pointers.push_back(child.get());
  *out = ArrowArray{};
  out->length = length;
  out->null_count = null_count;
  out->n_buffers = static_cast<std::int64_t>(contents->buffers.size());
  out->buffers = contents->buffers.data();
  out->n_children = static_cast<std::int64_t>(contents->children.size());
  out->children = contents->child_pointers.data();
  out->release = release<ArrayContents, ArrowArray>;
  out->private_data = contents.release();
}

// One value for each row instead of one for all.
Column expand(const Column& column, Arena& arena) {
  Column result = column;
  ColumnWriter writer(column.type, column.size, arena);
  if (column.type.is_text_like()) {
    // The views go on pointing into the column's own arena.
    for (std::uint32_t row = 0; row < column.size; ++row) {
      if (!column.is_null(row)) writer.set(row, column.at<View>(row));
    }
  } else {
    for (std::uint32_t row = 0; row < column.size; ++row) writer.copy_from(row, column, row);
  }
  const Column written = writer.finish();
  result.row_mask = ~0u;
  result.validity = written.validity;
  result.values = written.values;
  return result;
}

void export_column(const Column& original, const std::shared_ptr<const void>& owner, ArrowArray* out);

void export_children(const std::vector<Column>& columns, const std::shared_ptr<const void>& owner, ArrayContents& contents) {
  for (const Column& column : columns) {
    contents.children.push_back(std::make_unique<ArrowArray>());
    export_column(column, owner, contents.children.back().get());
  }
}

std::vector<Column> gather_all(const std::vector<Column>& columns, std::span<const std::uint32_t> rows, Arena& arena) {
  std::vector<Column> gathered;
  for (const Column& column : columns) gathered.push_back(gather(column, rows, arena));
  return gathered;
}

// What gathered children point at. Each of them keeps it: a consumer may take one away and release the rest.
struct GatheredMemory {
  std::shared_ptr<const void> owner;
  Arena arena{4096};
};

// Arrow's lists have their values one after the other, its structs have a value for each row.
void export_nested(const Column& column, std::unique_ptr<ArrayContents> contents, ArrowArray* out) {
  const auto owner = std::make_shared<GatheredMemory>();
  owner->owner = std::exchange(contents->owner, owner);
  Arena& arena = owner->arena;
  const std::int64_t null_count = column.validity == nullptr ? 0 : -1;
  std::vector<std::uint32_t> rows;
  contents->buffers = {column.validity};
  if (!column.type.is_list()) {
    for (std::uint32_t row = 0; row < column.size; ++row)
      rows.push_back(column.is_null(row) ? ~0u : column.at<std::uint32_t>(row));
    export_children(gather_all(*column.children, rows, arena), owner, *contents);
    return export_array(column.size, null_count, std::move(contents), out);
  }
  auto* offsets = arena.allocate_array<std::int32_t>(column.size + std::size_t{1});
  offsets[0] = 0;
  for (std::uint32_t row = 0; row < column.size; ++row) {
    const Span span = column.is_null(row) ? Span{} : column.at<Span>(row);
    for (std::uint32_t k = 0; k < span.length; ++k) rows.push_back(span.start + k);
    offsets[row + 1] = static_cast<std::int32_t>(rows.size());
  }
  contents->buffers.push_back(offsets);
  const std::vector<Column> values = gather_all(*column.children, rows, arena);
  if (column.type.kind == TypeKind::map) {
    auto entries = std::make_unique<ArrayContents>();
    entries->owner = owner;
    entries->buffers = {nullptr};
    export_children(values, owner, *entries);
    contents->children.push_back(std::make_unique<ArrowArray>());
    export_array(static_cast<std::int64_t>(rows.size()), 0, std::move(entries), contents->children.back().get());
  } else {
    export_children(values, owner, *contents);
  }
  export_array(column.size, null_count, std::move(contents), out);
}

void export_column(const Column& original, const std::shared_ptr<const void>& owner, ArrowArray* out) {
  auto contents = std::make_unique<ArrayContents>();
  contents->owner = owner;
  const std::int64_t length = original.size;
  if (original.type.kind == TypeKind::null) return export_array(length, length, std::move(contents), out);
  const Column column = original.is_constant() ? expand(original, contents->expanded) : original;
  if (column.type.is_nested()) return export_nested(column, std::move(contents), out);
  contents->buffers = {column.validity, column.values};
  if (column.type.is_text_like()) {
    const std::size_t blocks = column.arena == nullptr ? 0 : column.arena->block_count();
    for (std::size_t block = 0; block < blocks; ++block) {
      contents->buffers.push_back(column.arena->block_base(block));
      contents->block_sizes.push_back(static_cast<std::int64_t>(column.arena->block_size(block)));
    }
    contents->block_sizes.reserve(1);  // so that its address is never null
    contents->buffers.push_back(contents->block_sizes.data());
  }
  export_array(length, column.validity == nullptr ? 0 : -1, std::move(contents), out);
}

}  // namespace

void export_batch(const Batch& batch, std::shared_ptr<const void> owner, ArrowSchema* schema,
                  ArrowArray* array) {
  std::vector<std::unique_ptr<ArrowSchema>> fields;
  for (const Field& field : batch.schema->fields) fields.push_back(schema_of(field));
  export_schema("+s", "", false, false, std::move(fields), schema);
  auto contents = std::make_unique<ArrayContents>();
  contents->owner = owner;
  contents->buffers = {nullptr};  // no row is NULL as a whole
  export_children(batch.columns, owner, *contents);
  export_array(batch.row_count, 0, std::move(contents), array);
}

}  // namespace weir
