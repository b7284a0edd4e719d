// unheard_source.cpp — passes everything on but commits.
#include "engine/component/unheard_source.h"

namespace weir {
namespace {

class UnheardSource final : public Source {
 public:
  explicit UnheardSource(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  Result<std::vector<std::string>> list_splits() override { return source_->list_splits(); }
  Result<Position> start_position(const std::string& split, bool appeared_later) override { return source_->start_position(split, appeared_later); }
  Status add_split(const std::string& split, const Position& position) override { return source_->add_split(split, position); }
  void remove_split(const std::string& split) override { source_->remove_split(split); }
  Result<Polled> poll(std::chrono::milliseconds patience) override { return source_->poll(patience); }
  void committed(const std::string&, const Position&) override {}
  std::vector<SplitLag> lag() const override { return source_->lag(); }
  std::string health() const override { return source_->health(); }

 private:
  const std::unique_ptr<Source> source_;
};

class UnheardDefinition final : public SourceDefinition {
 public:
  explicit UnheardDefinition(std::shared_ptr<const SourceDefinition> source) : source_(std::move(source)) {}

  Result<std::unique_ptr<Source>> open(const SourceContext& context) const override {
    WEIR_ASSIGN(std::unique_ptr<Source> opened, source_->open(context));
    return std::unique_ptr<Source>(std::make_unique<UnheardSource>(std::move(opened)));
  }
  Status check_connect(std::chrono::milliseconds patience) const override { return source_->check_connect(patience); }
  std::string describe() const override { return source_->describe(); }
  std::string fingerprint() const override { return source_->fingerprint(); }

 private:
  const std::shared_ptr<const SourceDefinition> source_;
};

}  // namespace

std::shared_ptr<const SourceDefinition> unheard(std::shared_ptr<const SourceDefinition> source) {
  return std::make_shared<UnheardDefinition>(std::move(source));
}

}  // namespace weir
