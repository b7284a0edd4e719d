// catalog.cpp — reads pg_catalog and says what does not fit.
#include "connectors/postgres/catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace weir {
namespace {

constexpr const char* relation_query =
    "SELECT c.oid, c.relkind, row_security_active(c.oid), "
    "has_table_privilege(c.oid, 'INSERT'), has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, "
    "'UPDATE'), has_table_privilege(c.oid, 'DELETE') "
    "FROM pg_class c WHERE c.oid = to_regclass($1)";
constexpr const char* columns_query =
    "SELECT a.attname, t.typname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef OR "
    "a.attidentity <> '', a.attgenerated <> '', "
    "a.attidentity = 'a', coalesce(l.collisdeterministic, true), a.atttypmod FROM pg_attribute a JOIN "
    "pg_type t ON t.oid = a.atttypid "
    "LEFT JOIN pg_collation l ON l.oid = a.attcollation WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT "
    "a.attisdropped ORDER BY a.attnum";
// One row per column of each unique index; expressions have no column.
constexpr const char* indexes_query =
    "SELECT i.relname, x.indimmediate AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL, "
    "a.attname "
    "FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid, generate_series(0, x.indnkeyatts - 1) k "
    "LEFT JOIN pg_attribute a ON a.attrelid = $1::oid AND a.attnum > 0 "
    "WHERE x.indrelid = $1::oid AND x.indisunique AND (a.attnum = x.indkey[k] OR a.attnum IS NULL) ORDER BY "
    "i.relname, k";
constexpr const char* hooks_query =
    "SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal AND tgenabled "
    "<> 'D' "
    "UNION ALL SELECT 'rule ' || rulename FROM pg_rewrite WHERE ev_class = $1::oid AND ev_type <> '1' ORDER "
    "BY 1";

struct FoundColumn {
  std::string name, type, full_type;
  bool is_not_null, has_default, is_generated, is_always_identity, has_exact_collation;
  std::int64_t modifier;
};

/// Collects what is wrong with one table.
class Inspection {
 public:
  Inspection(PostgresClient& client, const SinkTable& table) : client_(client), table_(table) {}

  Result<TableFindings> run() {
    WEIR_ASSIGN(const PostgresResult relation, client_.query(relation_query, {quote_table(table_.table)}));
    if (row_count(relation) == 0) return std::move(findings_);
    findings_.exists = true;
    oid_ = text_at(relation, 0, 0);
    check_relation(relation);
    WEIR_TRY(check_columns());
    WEIR_TRY(check_indexes());
    WEIR_ASSIGN(const PostgresResult hooks, client_.query(hooks_query, {oid_}));
    for (std::size_t i = 0; i < row_count(hooks); ++i) {
      differ("has the {}, which may change or drop rows unseen", text_at(hooks, i, 0));
    }
    return std::move(findings_);
  }

 private:
  template <typename... Args>
  void differ(fmt::format_string<Args...> format, Args&&... args) {
    findings_.differences.push_back(
        fmt::format("table {} {}", table_.table, fmt::format(format, std::forward<Args>(args)...)));
  }
  template <typename... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) {
    findings_.warnings.push_back(
        fmt::format("table {} {}", table_.table, fmt::format(format, std::forward<Args>(args)...)));
  }

  void check_relation(const PostgresResult& relation) {
    const std::string kind = text_at(relation, 0, 1);
    if (kind != "r" && kind != "p") differ("is not a table (relkind {})", kind);
    if (truth_at(relation, 0, 2)) differ("has row level security, under which COPY does not work");
    const bool updates =
        table_.on_conflict == OnConflict::update || table_.on_conflict == OnConflict::update_newer;
    if (!truth_at(relation, 0, 3)) differ("may not be written: the role has no INSERT privilege");
    if (!truth_at(relation, 0, 4)) differ("may not be read: the role has no SELECT privilege");
    if (updates && !truth_at(relation, 0, 5)) differ("may not be changed: the role has no UPDATE privilege");
    if (table_.rows_can_go && !truth_at(relation, 0, 6))
      differ("may not lose rows, and some will not be in the result any more later: the role has no DELETE privilege");
  }

  Status check_columns() {
    WEIR_ASSIGN(const PostgresResult rows, client_.query(columns_query, {oid_}));
    std::vector<FoundColumn> columns;
    for (std::size_t i = 0; i < row_count(rows); ++i) {
      columns.push_back({text_at(rows, i, 0), text_at(rows, i, 1), text_at(rows, i, 2), truth_at(rows, i, 3),
                         truth_at(rows, i, 4), truth_at(rows, i, 5), truth_at(rows, i, 6),
                         truth_at(rows, i, 7), number_at(rows, i, 8)});
    }
    for (std::size_t i = 0; i < table_.schema.fields.size(); ++i) {
      const std::string& name = table_.schema.fields[i].name;
      const auto found = std::find_if(columns.begin(), columns.end(),
                                      [&](const FoundColumn& column) { return column.name == name; });
      findings_.facts.is_plain_json.push_back(found != columns.end() && found->type == "json");
      if (found == columns.end()) {
        differ("has no column {} ({})", name, postgres_type(table_.schema.fields[i].type));
      } else {
        check_column(i, *found);
      }
    }
    for (const FoundColumn& column : columns) {
      if (!table_.schema.index_of(column.name) && column.is_not_null && !column.has_default &&
          !column.is_generated) {
        differ("has the column {} NOT NULL without a default, which the pipeline does not write",
               column.name);
      }
    }
    return {};
  }

  void check_column(std::size_t i, const FoundColumn& column) {
    const Field& field = table_.schema.fields[i];
    const bool is_key = std::find(table_.key.begin(), table_.key.end(), i) != table_.key.end();
    check_type(field, column, is_key);
    if (column.is_generated) differ("computes its column {}, so it cannot be written", column.name);
    if (column.is_always_identity)
      differ("gives its column {} itself (GENERATED ALWAYS AS IDENTITY)", column.name);
    if (column.is_not_null && field.nullable && !is_key)
      differ("has column {0} NOT NULL, and the pipeline may write NULL; give it coalesce({0}, ...), or leave such rows out with where", column.name);
    if (is_key && !column.has_exact_collation) {
      differ("compares its key column {} by a collation for which different texts are equal", column.name);
    }
  }

  void check_type(const Field& field, const FoundColumn& column, bool is_key) {
    const std::string wanted = postgres_type(field.type);
    if (column.full_type == wanted) return;
    switch (field.type.kind) {
      case TypeKind::null:
      case TypeKind::string:
        if (column.type == "varchar" || (column.type == "bpchar" && !is_key)) {
          if (column.modifier >= 0)
            warn("has column {} as {}: longer texts will be rejected", column.name, column.full_type);
          return;
        }
        break;
      case TypeKind::json:
        if (column.type == "json") return;
        break;
      case TypeKind::timestamp:
        if (column.modifier < 0 && column.type == "timestamp") {
          warn("has column {} without a time zone: it will hold UTC", column.name);
          return;
        }
        break;
      case TypeKind::decimal:
        if (column.type == "numeric" && holds(column.modifier, field.type)) return;
        break;
      default:
        break;
    }
    differ("has column {} as {}, the pipeline writes {}", column.name, column.full_type, wanted);
  }

  // numeric(p,s) keeps every digit of decimal(p',s') if neither side of the point is shorter; plain numeric
  // always does.
  static bool holds(std::int64_t modifier, const Type& type) {
    if (modifier < 4) return true;
    const std::int64_t precision = ((modifier - 4) >> 16) & 0xFFFF;
    const std::int64_t scale = (((modifier - 4) & 0x7FF) ^ 1024) - 1024;
    return scale >= type.scale && precision - scale >= type.precision - type.scale;
  }

  Status check_indexes() {
    WEIR_ASSIGN(const PostgresResult rows, client_.query(indexes_query, {oid_}));
    std::set<std::string> key;
    for (const std::size_t index : table_.key) key.insert(table_.schema.fields[index].name);
    bool has_key = false;
    for (std::size_t i = 0; i < row_count(rows);) {
      const std::string index = text_at(rows, i, 0);
      const bool is_usable = truth_at(rows, i, 1);
      std::set<std::string> columns;
      for (; i < row_count(rows) && text_at(rows, i, 0) == index; ++i) columns.insert(text_at(rows, i, 2));
      if (is_usable && columns == key && !key.empty()) {
        has_key = true;
      } else {
        warn("has the unique index {} besides the key: rows that repeat its values will be rejected", index);
      }
    }
    if (!has_key && !key.empty()) {
      differ("has no unique index on exactly the key ({}) that is not partial, deferrable or on expressions",
             fmt::join(key, ", "));
    }
    return {};
  }

  PostgresClient& client_;
  const SinkTable& table_;
  std::string oid_;
  TableFindings findings_;
};

}  // namespace

Result<TableFindings> inspect_table(PostgresClient& client, const SinkTable& table) {
  return Inspection(client, table).run();
}

}  // namespace weir
