// mortal_store.cpp — passes everything on, but for the commit that is the last.
#include "tests/oracle/mortal_store.h"

#include <string>
#include <utility>
#include <vector>

namespace weir::testing {
namespace {

class MortalWriter final : public EpochWriter {
 public:
  MortalWriter(std::unique_ptr<EpochWriter> writer, std::shared_ptr<Death> death) : writer_(std::move(writer)), death_(std::move(death)) {}

  Result<EpochReport> commit(const EpochWrite& write) override {
    const bool is_last = death_->commit > 0 && --death_->commit == 0;
    if (is_last && !death_->is_after) return die();
    Result<EpochReport> report = writer_->commit(write);
    return is_last ? die() : std::move(report);
  }

 private:
  Result<EpochReport> die() {
    death_->has_come = true;
    return Error{ErrorKind::fatal, "the run dies here"};
  }

  std::unique_ptr<EpochWriter> writer_;
  std::shared_ptr<Death> death_;
};

class MortalStore final : public Store {
 public:
  MortalStore(std::unique_ptr<Store> store, std::shared_ptr<Death> death) : store_(std::move(store)), death_(std::move(death)) {}

  Status prepare(std::span<const SinkTable> tables, bool create) override { return store_->prepare(tables, create); }
  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override { return store_->encoder(table); }
  Result<std::unique_ptr<EpochWriter>> writer(std::size_t lane) override {
    WEIR_ASSIGN(auto writer, store_->writer(lane));
    return std::unique_ptr<EpochWriter>(std::make_unique<MortalWriter>(std::move(writer), death_));
  }
  Result<std::unique_ptr<SplitLeases>> leases() override { return store_->leases(); }
  Result<std::unique_ptr<StoreAdministration>> administration() override { return store_->administration(); }
  std::string state_table() const override { return store_->state_table(); }
  std::size_t useful_writers() const override { return store_->useful_writers(); }

 private:
  std::unique_ptr<Store> store_;
  std::shared_ptr<Death> death_;
};

class MortalDefinition final : public StoreDefinition {
 public:
  MortalDefinition(std::shared_ptr<const StoreDefinition> definition, std::shared_ptr<Death> death)
      : definition_(std::move(definition)), death_(std::move(death)) {}

  Result<std::unique_ptr<Store>> open(const StoreIdentity& identity) const override {
    WEIR_ASSIGN(auto store, definition_->open(identity));
    return std::unique_ptr<Store>(std::make_unique<MortalStore>(std::move(store), death_));
  }
  Status check_connect(std::span<const SinkTable> tables, std::chrono::milliseconds patience) const override {
    return definition_->check_connect(tables, patience);
  }
  std::string describe() const override { return definition_->describe(); }
  void check_table(const SinkTable& table, const Location& where, Diagnostics& diagnostics) const override {
    definition_->check_table(table, where, diagnostics);
  }

 private:
  std::shared_ptr<const StoreDefinition> definition_;
  std::shared_ptr<Death> death_;
};

}  // namespace

StoreSpec mortal_store(StoreSpec spec, std::shared_ptr<Death> death) {
  spec.parse = [parse = spec.parse, death = std::move(death)](const Config& options,
                                                              Diagnostics& diagnostics) -> std::shared_ptr<const StoreDefinition> {
    auto definition = parse(options, diagnostics);
    if (definition == nullptr) return nullptr;
    return std::make_shared<MortalDefinition>(std::move(definition), death);
  };
  return spec;
}

}  // namespace weir::testing
