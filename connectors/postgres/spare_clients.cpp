// spare_clients.cpp — a connection is handed on only while it is fresh: one that lies about may have been cut by whoever stands in between.
#include "connectors/postgres/spare_clients.h"

namespace weir {
namespace {

constexpr std::chrono::seconds longest_rest{5};

}  // namespace

void GiveBackClient::operator()(PostgresClient* client) const {
  std::unique_ptr<PostgresClient> owned(client);
  const std::shared_ptr<SpareClients> to = spares.lock();
  if (to != nullptr && owned->is_idle()) to->give_back(name, std::move(owned));
}

Result<LentClient> SpareClients::take(const PostgresSettings& settings) {
  GiveBackClient give_back{weak_from_this(), settings.application_name};
  std::unique_ptr<PostgresClient> client;
  {
    const std::scoped_lock lock(mutex_);
    const auto spare = spares_.find(settings.application_name);
    if (spare != spares_.end()) {
      if (std::chrono::steady_clock::now() - spare->second.since < longest_rest) client = std::move(spare->second.client);
      spares_.erase(spare);
    }
  }
  if (client == nullptr) {
    WEIR_ASSIGN(client, PostgresClient::connect(settings));
  }
  return LentClient(client.release(), std::move(give_back));
}

void SpareClients::give_back(const std::string& name, std::unique_ptr<PostgresClient> client) {
  const std::scoped_lock lock(mutex_);
  spares_[name] = {std::move(client), std::chrono::steady_clock::now()};
}

}  // namespace weir
