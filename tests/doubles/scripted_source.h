// scripted_source.h — a source for tests: its splits and records are given beforehand, and it can end early
// to be resumed later.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/component/registry.h"

namespace weir::testing {

/// Records by split. `visible` records of each split exist for now; a later run may see more.
struct Script {
  std::map<std::string, std::vector<std::string>> records;
  std::size_t visible = static_cast<std::size_t>(-1);
  std::function<Status()> on_list;  // called before the splits are listed, where given
};

/// Connector "scripted": splits are those of `script`, or of one `topic` ("orders" has orders/0), positions are record numbers.
SourceSpec scripted_source(std::shared_ptr<const Script> script);

}  // namespace weir::testing
