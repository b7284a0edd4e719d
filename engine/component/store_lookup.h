// store_lookup.h — a query of a database as a lookup table.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/component/lookup.h"
#include "engine/component/option_table.h"
#include "engine/component/store.h"

namespace weir {

/// The options of a table that is read from a connection.
std::vector<OptionDoc> store_lookup_options();

/// `options`: a map with `query` or `table`. Null after reporting what is wrong. Columns are found by the names that the query gives them.
std::shared_ptr<const LookupDefinition> parse_store_lookup(const Config& options, const std::string& connection, std::shared_ptr<const StoreDefinition> store,
                                                           Diagnostics& diagnostics);

}  // namespace weir
