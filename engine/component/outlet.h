// outlet.h — the contract of sinks that are no tables: what cannot hold an epoch's books and is fed after the commit, such as a terminal.
//
// Rows come encoded, as for a store. What an outlet was given is in nobody's transaction: after a crash it is given the latest rows again.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/component/config.h"
#include "engine/component/option_table.h"
#include "engine/component/store.h"

namespace weir {

/// An open outlet of one sink. One thread at a time.
class Outlet {
 public:
  virtual ~Outlet() = default;
  /// Writes rows of one committed epoch, at least one: encoded by the definition's encoder, of distinct keys in their order where the table
  /// has a key, else in the order of the source. A service error is tried again with the same rows; any other ends the run.
  virtual Status write(const SinkTable& table, std::span<const RowReference> rows) = 0;
};

/// The validated options of one sink: immutable, part of the plan.
class OutletDefinition {
 public:
  virtual ~OutletDefinition() = default;
  /// A service error may be retried.
  virtual Result<std::unique_ptr<Outlet>> open() const = 0;
  /// What open outlets are given: its encode() is called by several threads at once.
  virtual std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const = 0;
  /// For explain: "console (json)"; without secrets.
  virtual std::string describe() const = 0;
  /// What of the options belongs to the plan's identity, and decides what encoded rows look like.
  virtual std::string fingerprint() const = 0;
  /// How many rows of one write it shows: more of them need not be kept until they have been written.
  virtual std::size_t most_rows() const { return ~std::size_t{0}; }
  /// Why rows of the plan cannot be written, reported at compile time.
  virtual void check_table(const SinkTable& table, const Location& where, Diagnostics& diagnostics) const = 0;
  /// Then nothing else may be drawn on the terminal.
  virtual bool writes_to_stdout() const { return false; }
};

/// The one declaration of an outlet: validation, `weir list connectors` and the reference page come from it.
struct OutletSpec {
  std::string name;      // what `type:` of a sink says
  std::string summary;
  std::vector<OptionDoc> options;
  /// Reports every error; null if there was one. Gets the sink's options only: type, input, key and what else every sink has are taken out.
  std::function<std::shared_ptr<const OutletDefinition>(const Config&, Diagnostics&)> parse;
};

}  // namespace weir
