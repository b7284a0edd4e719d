// evaluate.cpp — evaluates expressions over small tables: the tables and expressions on standard input, each
// expression's values on standard output. README.md describes both forms.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/compile.h"
#include "engine/expression/aggregate.h"
#include "engine/expression/binder.h"
#include "engine/expression/nested_json.h"
#include "engine/expression/program.h"

namespace weir {
namespace {

struct Table {
  Schema schema;
  std::vector<std::vector<Value>> rows;
};

std::vector<std::string> split_tabs(std::string_view line) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t tab = line.find('\t');
    parts.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return parts;
    line.remove_prefix(tab + 1);
  }
}

std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      plain += text[i];
      continue;
    }
    const char code = text[++i];
    plain += code == 't' ? '\t' : code == 'n' ? '\n' : code == 'r' ? '\r' : code;
  }
  return plain;
}

std::string escape(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\') safe += "\\\\";
    else if (c == '\t') safe += "\\t";
    else if (c == '\n') safe += "\\n";
    else if (c == '\r') safe += "\\r";
    else safe += c;
  }
  return safe;
}

template <typename T>
T read_integer(std::string_view text, int base = 10) {
  T number{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  WEIR_CHECK(code == std::errc{} && end == text.data() + text.size(), "the test gives whole numbers");
  return number;
}

std::string bytes_of_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(read_integer<unsigned char>(text.substr(i, 2), 16));
  return bytes;
}

/// From JSON.
Value read_nested(const Type& type, const std::string& json) {
  Arena arena;
  ColumnBuilder builder(type, arena);
  WEIR_CHECK(append_json(json, builder) == JsonMisfit::none, "the test gives nested values that fit their type");
  return value_at(builder.finish(), 0);
}

Value read_value(const Type& type, std::string_view text) {
  Value value{type, {}};
  if (text == "\\N") return value;
  switch (type.kind) {
    case TypeKind::boolean: value.data = text == "t"; break;
    case TypeKind::int32:
    case TypeKind::date: value.data = read_integer<std::int32_t>(text); break;
    case TypeKind::int64:
    case TypeKind::timestamp: value.data = read_integer<std::int64_t>(text); break;
    case TypeKind::float64: value.data = std::bit_cast<double>(read_integer<std::uint64_t>(text, 16)); break;
    case TypeKind::decimal: value.data = parse_decimal(text, max_precision, 0).value(); break;
    case TypeKind::bytes: value.data = bytes_of_hex(text); break;
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::structure: return read_nested(type, unescape(text));
    default: value.data = unescape(text);
  }
  return value;
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string print_value(const Value& value);

std::string print_part(const Value& value) {
  if (value.is_null()) return "null";
  const auto* number = std::get_if<double>(&value.data);
  if (number != nullptr && *number != *number) return "nan";
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr || value.type.kind == TypeKind::bytes) return print_value(value);
  std::string quoted = "\"";
  for (const char c : *text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

/// [..], {key:value,..} with sorted entries, (field,..), texts in quotes.
std::string print_nested(const Value& value) {
  const auto& values = std::get<std::vector<Value>>(value.data);
  const bool is_map = value.type.kind == TypeKind::map;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_map && i % 2 == 1) parts.back() += ":" + print_part(values[i]);
    else parts.push_back(print_part(values[i]));
  }
  if (is_map) std::sort(parts.begin(), parts.end());
  const std::string text = fmt::format("{}", fmt::join(parts, ","));
  return value.type.kind == TypeKind::array ? "[" + text + "]" : is_map ? "{" + text + "}" : "(" + text + ")";
}

std::string print_value(const Value& value) {
  if (value.type.is_nested()) return print_nested(value);
  switch (value.type.kind) {
    case TypeKind::boolean: return std::get<bool>(value.data) ? "t" : "f";
    case TypeKind::int32:
    case TypeKind::date: return fmt::format("{}", std::get<std::int32_t>(value.data));
    case TypeKind::int64:
    case TypeKind::timestamp: return fmt::format("{}", std::get<std::int64_t>(value.data));
    case TypeKind::float64: return fmt::format("{:016x}", std::bit_cast<std::uint64_t>(std::get<double>(value.data)));
    case TypeKind::decimal: return decimal_to_string(std::get<Int128>(value.data), 0);
    case TypeKind::bytes: return hexadecimal(std::get<std::string>(value.data));
    default: return escape(to_text(value));
  }
}

Batch batch_of(const Table& table, Arena& arena) {
  Batch batch;
  batch.schema = std::make_shared<const Schema>(table.schema);
  batch.row_count = static_cast<std::uint32_t>(table.rows.size());
  for (std::size_t field = 0; field < table.schema.fields.size(); ++field) {
    ColumnWriter writer(table.schema.fields[field].type, batch.row_count, arena);
    for (std::uint32_t row = 0; row < batch.row_count; ++row) {
      const Value& value = table.rows[row][field];
      if (value.is_null()) writer.set_null(row);
      else writer.copy_from(row, constant_column(value, 1, arena), 0);
    }
    batch.columns.push_back(writer.finish());
  }
  return batch;
}

std::string print_row(const Column& column, std::uint32_t row) {
  if (!column.is_null(row) && column.type.is_nested()) return escape(print_nested(value_at(column, row)));
  if (!column.is_null(row)) return print_value(value_at(column, row));
  const RowError* error = column.errors == nullptr ? nullptr : column.errors->find(column.is_constant() ? 0 : row);
  return error == nullptr ? "\\N" : "\\E" + error->code;
}

std::string first_message(const Diagnostics& diagnostics) {
  return diagnostics.errors().empty() ? "failed without an error" : diagnostics.errors().front().message();
}

/// The type or "refused: MESSAGE", then a line for each row.
std::string evaluate(const std::string& text, const Table& table, const FunctionRegistry& functions) {
  Diagnostics diagnostics;
  const auto source = std::make_shared<const SourceText>(SourceText{"expression", text});
  const AstPtr ast = parse_expression(text, Location{source, 1, 1, 0}, diagnostics);
  if (ast == nullptr) return fmt::format("refused: {}\n", escape(first_message(diagnostics)));
  const ExpressionPtr bound = bind(*ast, Scope{&table.schema, "test", nullptr}, functions, diagnostics);
  if (bound == nullptr) return fmt::format("refused: {}\n", escape(first_message(diagnostics)));
  Arena arena;
  const Batch batch = batch_of(table, arena);
  const Result<Program> program = Program::compile(std::vector<ExpressionPtr>{bound});
  if (!program.ok()) return fmt::format("refused: {}\n", escape(program.error().message()));
  const std::vector<Column> results = program->evaluate(batch, arena, 1'730'419'200'000'000);
  std::string answer = to_string(bound->type) + "\n";
  for (std::uint32_t row = 0; row < batch.row_count; ++row) answer += print_row(results[0], row) + "\n";
  return answer;
}

ExpressionPtr bind_text(const AstPtr& ast, const Table& table, const FunctionRegistry& functions, Diagnostics& diagnostics) {
  return ast == nullptr ? nullptr : bind(*ast, Scope{&table.schema, "test", nullptr}, functions, diagnostics);
}

/// The call of an aggregate bound to a table; `text` may say DISTINCT or `*` after its parenthesis.
Result<BoundAggregate> bind_call(std::string text, const Table& table, const FunctionRegistry& functions) {
  const std::size_t distinct = text.find("(DISTINCT ");
  if (distinct != std::string::npos) text.erase(distinct + 1, 9);
  if (text.ends_with("(*)")) text.erase(text.size() - 2, 1);
  AggregateRegistry aggregates;
  register_builtin_aggregates(aggregates);
  Diagnostics diagnostics;
  const auto source = std::make_shared<const SourceText>(SourceText{"expression", text});
  const AstPtr ast = parse_expression(text, Location{source, 1, 1, 0}, diagnostics);
  const auto* call = ast == nullptr ? nullptr : std::get_if<CallAst>(&ast->node);
  const AggregateFunction* function = call == nullptr ? nullptr : aggregates.find(call->function);
  if (function == nullptr) return Error{ErrorKind::user, "no call of an aggregate"};
  std::vector<ExpressionPtr> arguments;
  for (const AstPtr& argument : call->arguments) {
    arguments.push_back(bind_text(argument, table, functions, diagnostics));
    if (arguments.back() == nullptr) return Error{ErrorKind::user, first_message(diagnostics)};
  }
  return bind_aggregate(*function, std::move(arguments), distinct != std::string::npos, functions);
}

/// States of 16-byte pieces, started; stopped when they go.
class States {
 public:
  States(const Aggregate& body, std::size_t count) : body_(body), pieces_(body.state_bytes() / sizeof(Piece) + 1), memory_(pieces_ * count) {
    for (std::size_t i = 0; i < count; ++i) body_.start(states_.emplace_back(&memory_[i * pieces_]));
  }
  States(const States&) = delete;
  States& operator=(const States&) = delete;
  ~States() {
    for (void* state : states_) body_.stop(state);
  }
  const std::vector<void*>& all() const { return states_; }

 private:
  struct alignas(16) Piece { char bytes[16]; };
  const Aggregate& body_;
  std::size_t pieces_;
  std::vector<Piece> memory_;
  std::vector<void*> states_;
};

/// As evaluate(), with a line for each group: the groups are the values 0, 1, 2 ... of the column group_.
std::string aggregate(const std::string& text, const Table& table, const FunctionRegistry& functions) {
  const Result<BoundAggregate> bound = bind_call(text, table, functions);
  if (!bound.ok()) return fmt::format("refused: {}\n", escape(bound.error().message()));
  Arena arena;
  const Batch batch = batch_of(table, arena);
  const Result<Program> program = Program::compile(bound->arguments);
  if (!program.ok()) return fmt::format("refused: {}\n", escape(program.error().message()));
  const std::vector<Column> arguments = program->evaluate(batch, arena, 0);
  const Column& groups = batch.columns[table.schema.index_of("group_").value()];
  std::uint32_t group_count = 0;
  for (std::uint32_t row = 0; row < batch.row_count; ++row) group_count = std::max(group_count, 1u + static_cast<std::uint32_t>(groups.at<std::int32_t>(row)));
  const States states(*bound->body, group_count);
  std::vector<void*> of_rows;
  std::vector<RowPosition> positions;
  for (std::uint32_t row = 0; row < batch.row_count; ++row) {
    of_rows.push_back(states.all()[static_cast<std::size_t>(groups.at<std::int32_t>(row))]);
    positions.push_back({0, 0, row});
  }
  bound->body->add({arguments, of_rows, positions});
  ColumnWriter writer(bound->type, group_count, arena);
  const std::vector<const void*> finished(states.all().begin(), states.all().end());
  bound->body->result(finished, writer);
  const Column results = writer.finish();
  std::string answer = to_string(bound->type) + "\n";
  for (std::uint32_t row = 0; row < group_count; ++row) answer += print_row(results, row) + "\n";
  return answer;
}

void add_field(Table& table, std::string_view declaration) {
  const std::size_t colon = declaration.find(':');
  const auto type = parse_type(declaration.substr(colon + 1));
  WEIR_CHECK(type.has_value(), "the test gives types by their names");
  table.schema.fields.push_back({std::string(declaration.substr(0, colon)), *type, true});
}

void add_row(Table& table, const std::vector<std::string>& parts) {
  std::vector<Value> row;
  for (std::size_t field = 0; field < table.schema.fields.size(); ++field)
    row.push_back(read_value(table.schema.fields[field].type, parts[field + 1]));
  table.rows.push_back(std::move(row));
}

void answer_all(std::istream& input, std::ostream& output) {
  FunctionRegistry functions;
  register_builtin_functions(functions);
  Table table;
  for (std::string line; std::getline(input, line);) {
    const std::vector<std::string> parts = split_tabs(line);
    if (parts[0] == "table") {
      table = {};
      for (std::size_t i = 1; i < parts.size(); ++i) add_field(table, parts[i]);
    } else if (parts[0] == "row") {
      add_row(table, parts);
    } else if (parts[0] == "expression") {
      output << evaluate(unescape(parts[1]), table, functions);
    } else if (parts[0] == "aggregate") {
      output << aggregate(unescape(parts[1]), table, functions);
    }
  }
}

}  // namespace
}  // namespace weir

int main() {
  weir::answer_all(std::cin, std::cout);
  return 0;
}
