// spare_clients.h — connections that their user has done with, kept for a moment for the next one: a job's start asks one thing after the other.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>

#include "connectors/postgres/postgres_client.h"

namespace weir {

class SpareClients;

/// Gives a client back that can be used again, and closes any other.
struct GiveBackClient {
  std::weak_ptr<SpareClients> spares;  // empty: it came from nowhere
  std::string name;
  void operator()(PostgresClient* client) const;
};
using LentClient = std::unique_ptr<PostgresClient, GiveBackClient>;

/// At most one spare client for each application name, which stands for the settings too. Any thread.
class SpareClients : public std::enable_shared_from_this<SpareClients> {
 public:
  /// The spare one, or a new one.
  Result<LentClient> take(const PostgresSettings& settings);
  void give_back(const std::string& name, std::unique_ptr<PostgresClient> client);

 private:
  struct Spare {
    std::unique_ptr<PostgresClient> client;
    std::chrono::steady_clock::time_point since;
  };
  std::mutex mutex_;
  std::map<std::string, Spare> spares_;  // Guarded by mutex_.
};

}  // namespace weir
