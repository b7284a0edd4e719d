// aggregate_function.h — a plugin's function that makes one value of many rows.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/expression/function.h"
#include "udf/host/site_states.h"

namespace weir {

/// The running state of any number of groups. One thread at a time. After an error of update or merge the groups are of no use.
class PluginGroups {
 public:
  /// `declared` has been checked, and outlives the groups; `where` begins their errors.
  static Result<std::unique_ptr<PluginGroups>> open(const weir_function& declared, const CallSite& site, std::string where);
  ~PluginGroups();
  PluginGroups(const PluginGroups&) = delete;
  PluginGroups& operator=(const PluginGroups&) = delete;

  /// Adds row i to group group_of_row[i]. Rows that could not be added are returned, and count nowhere.
  Result<std::vector<RowError>> update(std::uint32_t group_count, std::span<const std::uint32_t> group_of_row,
                                       std::span<const Column> arguments, Arena& arena);
  /// One value per group; the groups go on.
  Result<Column> finish(std::uint32_t group_count, Arena& arena);
  /// One value of type bytes per group, never NULL: what merge() takes, also in another process.
  Result<Column> save(std::uint32_t group_count, Arena& arena);
  Status merge(std::uint32_t group_count, std::span<const std::uint32_t> group_of_row, const Column& saved, Arena& arena);

  const Type& type() const { return type_; }

 private:
  PluginGroups(const weir_function& declared, std::string where, std::unique_ptr<SiteStates> states);

  const weir_function& declared_;
  std::string where_;
  Type type_;
  std::unique_ptr<SiteStates> states_;
  void* state_ = nullptr;
  void* groups_ = nullptr;
};

}  // namespace weir
