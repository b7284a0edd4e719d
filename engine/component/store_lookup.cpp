// store_lookup.cpp — reads a lookup table from a database, as text.
#include "engine/component/store_lookup.h"

#include <fmt/format.h>

#include "engine/component/row_keys.h"

namespace weir {
namespace {

struct StoreLookupOptions {
  std::string query;
  std::string table;
};

OptionTable<StoreLookupOptions> option_table() {
  OptionTable<StoreLookupOptions> table;
  table.text("query", &StoreLookupOptions::query, "what gives the rows; columns are found by its names for them")
      .text("table", &StoreLookupOptions::table, "a table or view, read whole, in place of a query");
  return table;
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

std::string query_of(const StoreLookupOptions& options) {
  if (!options.query.empty()) return options.query;
  const TableName name = split_table_name(options.table);
  return "SELECT * FROM " + (name.schema.empty() ? "" : quoted(name.schema) + ".") + quoted(name.table);
}

class StoreLookup final : public LookupDefinition {
 public:
  StoreLookup(std::string connection, std::shared_ptr<const StoreDefinition> store, std::string query)
      : connection_(std::move(connection)), store_(std::move(store)), query_(std::move(query)) {}

  Status read(LookupBuilder& rows) const override {
    WEIR_ASSIGN(const std::unique_ptr<Store> store, store_->open({"", "lookup", ""}));
    WEIR_ASSIGN(const std::unique_ptr<StoreAdministration> administration, store->administration());
    WEIR_ASSIGN(const auto result, administration->query(query_));
    std::vector<LookupCell> cells;
    for (std::size_t i = 0; i < result.size(); ++i) {
      cells.clear();
      for (const std::optional<std::string>& field : result[i]) cells.push_back({field ? std::string_view(*field) : std::string_view(), !field});
      WEIR_TRY(i == 0 ? rows.set_header(cells) : rows.add(cells));
    }
    return {};
  }

  Result<std::optional<std::string>> version() const override { return std::optional<std::string>(); }
  std::string describe() const override { return fmt::format("{}, connection {} ({})", query_, connection_, store_->describe()); }
  std::string fingerprint() const override { return "query " + query_; }

 private:
  const std::string connection_;
  const std::shared_ptr<const StoreDefinition> store_;
  const std::string query_;
};

}  // namespace

std::vector<OptionDoc> store_lookup_options() { return option_table().docs(); }

std::shared_ptr<const LookupDefinition> parse_store_lookup(const Config& config, const std::string& connection, std::shared_ptr<const StoreDefinition> store,
                                                           Diagnostics& diagnostics) {
  const std::size_t errors_before = diagnostics.errors().size();
  const StoreLookupOptions options = option_table().parse(config, diagnostics);
  if (options.query.empty() == options.table.empty() && diagnostics.errors().size() == errors_before) {
    diagnostics.error(Error{ErrorKind::user, options.query.empty() ? "the table does not say what is read" : "the table has both a query and a table",
                            config.key_where.is_known() ? config.key_where : config.where}.as("W0510")
                          .with_hint("write one of query: SELECT ... and table: NAME"));
  }
  if (diagnostics.errors().size() != errors_before) return nullptr;
  return std::make_shared<StoreLookup>(connection, std::move(store), query_of(options));
}

}  // namespace weir
