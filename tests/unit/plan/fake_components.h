// fake_components.h — a registry with a source, a format and two stores that accept everything, for tests of
// the plan.
#pragma once

#include <algorithm>
#include <memory>

#include "engine/component/registry.h"

namespace weir::testing {

class FakeSource final : public SourceDefinition {
 public:
  explicit FakeSource(std::string topic) : topic_(std::move(topic)) {}
  Result<std::unique_ptr<Source>> open(const SourceContext&) const override {
    return Error{ErrorKind::fatal, "a fake source is never opened"};
  }
  Status check_connect(std::chrono::milliseconds) const override { return {}; }
  std::string describe() const override { return "fake topic " + topic_; }
  std::string fingerprint() const override { return topic_; }

 private:
  std::string topic_;
};

class FakeFormat final : public Format {
 public:
  std::unique_ptr<Decoder> decoder(std::vector<DecodedColumn>, OnBadValue) const override { return nullptr; }
  std::string describe() const override { return "lines"; }
};

/// Refuses tables called "refused".
class FakeStore final : public StoreDefinition {
 public:
  explicit FakeStore(std::string dsn) : dsn_(std::move(dsn)) {}
  Result<std::unique_ptr<Store>> open(const StoreIdentity&) const override {
    return Error{ErrorKind::fatal, "a fake store is never opened"};
  }
  Status check_connect(std::span<const SinkTable>, std::chrono::milliseconds) const override { return {}; }
  std::string describe() const override { return "fake database " + dsn_; }
  void check_table(const SinkTable& table, const Location& where, Diagnostics& diagnostics) const override {
    if (table.table == "refused")
      diagnostics.error(Error{ErrorKind::user, "this table cannot be held", where});
  }

 private:
  std::string dsn_;
};

inline std::string option(const Config& config, const std::string& name) {
  const Config* found = config.find(name);
  return found == nullptr ? "" : found->scalar();
}

inline StoreSpec fake_store(std::string name, std::vector<std::string> schemes, std::string file_dsn = "") {
  return {std::move(name),
          std::move(schemes),
          "A fake.", "",
          {{"dsn", "string", "", "Where it is."}},
          [](const Config& config, Diagnostics& diagnostics) {
            option_parsing::check_keys(config, {{"dsn", "string", "", "", true}}, diagnostics);
            return std::make_shared<FakeStore>(option(config, "dsn"));
          },
          std::move(file_dsn)};
}

/// Refuses sinks called "refused".
class FakeOutlet final : public OutletDefinition {
 public:
  explicit FakeOutlet(std::string format) : format_(std::move(format)) {}
  Result<std::unique_ptr<Outlet>> open() const override { return Error{ErrorKind::fatal, "a fake outlet is never opened"}; }
  std::unique_ptr<RowEncoder> encoder(const SinkTable&) const override { return nullptr; }
  std::string describe() const override { return "fake screen"; }
  std::string fingerprint() const override { return format_; }
  void check_table(const SinkTable& table, const Location& where, Diagnostics& diagnostics) const override {
    if (table.sink == "refused") diagnostics.error(Error{ErrorKind::user, "these rows cannot be shown", where});
  }

 private:
  std::string format_;
};

inline Registry fake_registry() {
  Registry registry;
  register_builtin_functions(registry.functions);
  registry.sources.push_back({"fake",
                              "A fake.",
                              "",
                              {{"topic", "string", "", "What to read."}},
                              {{"key", bytes_type, true, "The key."},
                               {"offset", int64_type, false, "The offset."},
                               {"headers", json_type, false, "The headers."}},
                              [](const Config& config, Diagnostics&) {
                                return std::make_shared<FakeSource>(option(config, "topic"));
                              }});
  registry.formats.push_back(
      {"lines", "Lines.", "", {{"max_depth", "integer", "64", "How deep."}}, [](const Config&, Diagnostics&) {
         return std::make_shared<FakeFormat>();
       }});
  registry.stores.push_back(fake_store("postgres", {"postgresql", "postgres"}));
  registry.stores.push_back(fake_store("sqlite", {"sqlite"}, "sqlite:"));
  return registry;
}

inline Config map_of(std::vector<std::pair<std::string, std::string>> entries) {
  Config config;
  Config::Map map;
  for (auto& [key, text] : entries) {
    Config value;
    value.value = text;
    map.emplace_back(key, value);
  }
  config.value = std::move(map);
  return config;
}

}  // namespace weir::testing
