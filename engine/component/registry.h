// registry.h — everything that pipelines can name: connectors, formats, functions. Filled once at start-up by explicit lists.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/component/config.h"
#include "engine/component/format.h"
#include "engine/component/lookup.h"
#include "engine/component/option_table.h"
#include "engine/component/outlet.h"
#include "engine/component/source.h"
#include "engine/component/store.h"
#include "engine/expression/aggregate.h"
#include "engine/expression/table_function.h"

namespace weir {

/// The one declaration of a source connector: validation, `weir list connectors`, JSON schema and reference page come from it.
struct SourceSpec {
  std::string name;      // what `type:` says
  std::string summary;
  std::string library;   // what it is built on, with the version in use: "librdkafka 2.0.2"
  std::vector<OptionDoc> options;
  std::vector<MetadataColumn> metadata;
  /// Reports every error; null if there was one. Gets the source's options only: name, type, format, columns and on_error are taken out by the compiler.
  std::function<std::shared_ptr<const SourceDefinition>(const Config&, Diagnostics&)> parse;
};

/// A database that can commit epochs. A connection is matched by `type`, or by the scheme of its `dsn`.
struct StoreSpec {
  std::string name;                  // "postgres", "sqlite"
  std::vector<std::string> schemes;  // {"postgresql", "postgres"}
  std::string summary;
  std::string library;
  std::vector<OptionDoc> options;
  std::function<std::shared_ptr<const StoreDefinition>(const Config&, Diagnostics&)> parse;
  /// What makes a dsn of a file's path: such a store keeps the books of pipelines that write no table. Empty: it is no file.
  std::string file_dsn{};
};

struct FormatSpec {
  std::string name;
  std::string summary;
  std::string library;
  std::vector<OptionDoc> options;    // accepted beside `format:` in the source
  std::function<std::shared_ptr<const Format>(const Config&, Diagnostics&)> parse;
};

/// Where lookup tables come from, other than from a store.
struct LookupSpec {
  std::string name;                  // what `type:` of a table says
  std::string summary;
  std::string library;
  std::vector<OptionDoc> options;
  /// Gets the table's options only: name, type, columns, key and refresh are taken out by the compiler. Null after reporting.
  std::function<std::shared_ptr<const LookupDefinition>(const Config&, Diagnostics&)> parse;
};

/// A function whose body stands in or beside the pipeline file, in another language.
struct ScriptFunction {
  std::string name;
  std::string language;            // "python"
  std::string code;                // the whole text
  std::string file;                // where it comes from, for messages
  std::string entry;               // which function of the text
  std::vector<Field> parameters;
  Type result;
  std::chrono::milliseconds timeout{10'000};  // of one batch
};

struct Registry {
  FunctionRegistry functions;
  AggregateRegistry aggregates;
  TableFunctionRegistry tables;
  std::vector<SourceSpec> sources;
  std::vector<StoreSpec> stores;
  std::vector<OutletSpec> outlets;
  std::vector<FormatSpec> formats;
  std::vector<LookupSpec> lookups;
  /// Adds the functions of a plugin, a shared object, to the registry. Called by the compiler for the `plugins:` of a pipeline, before any name is
  /// looked up. Null where no plugins can be loaded.
  std::function<Status(const std::string& path)> load_plugin;
  /// Adds one of a pipeline's own `functions:`, at the same time. Null where there can be none.
  std::function<Status(const ScriptFunction& function)> define_function;

  const SourceSpec* find_source(const std::string& name) const;
  const StoreSpec* find_store(const std::string& name) const;
  const StoreSpec* find_store_by_scheme(const std::string& scheme) const;
  /// One that is a file, with `file_dsn`.
  const StoreSpec* find_file_store() const;
  const OutletSpec* find_outlet(const std::string& name) const;
  const FormatSpec* find_format(const std::string& name) const;
  const LookupSpec* find_lookup(const std::string& name) const;
};

}  // namespace weir
