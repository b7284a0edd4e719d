// builtin.cpp — the one list of built-in connectors and formats.
#include "connectors/builtin.h"

#include "connectors/console/console.h"
#include "connectors/csv/csv.h"
#include "connectors/formats/formats.h"
#include "connectors/generate/nexmark.h"
#include "connectors/kafka/kafka.h"
#include "connectors/postgres/postgres.h"
#include "connectors/sqlite/sqlite.h"
#include "udf/enrich/enrich.h"

namespace weir {

Registry builtin_registry() {
  Registry registry;
  register_builtin_functions(registry.functions);
  register_builtin_aggregates(registry.aggregates);
  register_builtin_tables(registry.tables);
  register_enrichment(registry.functions);
  registry.sources.push_back(kafka_source());
  registry.sources.push_back(nexmark_source());
  registry.stores.push_back(postgres_store());
  registry.stores.push_back(sqlite_store());
  registry.outlets.push_back(console_outlet());
  registry.formats.push_back(json_format());
  registry.lookups.push_back(csv_table());
  return registry;
}

}  // namespace weir
