// kafka_connection.h — how to reach a cluster: what the source, the producer and the checks have in common.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"

namespace weir {

inline constexpr const char* embedded_brokers = "embedded";

struct KafkaConnection {
  std::string brokers;   // "host:port,host:port", or "embedded" for the broker of this process
  std::string security;  // plaintext, ssl, sasl_plaintext, sasl_ssl in any case; empty: librdkafka's default
  std::string sasl_mechanism;  // PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 in any case; empty: PLAIN where security
                               // says sasl
  std::string username;
  std::string password;
  std::map<std::string, std::string> properties;  // librdkafka's own names
};

/// librdkafka's settings in the order in which they are set. Holds secrets: never printed.
using KafkaProperties = std::vector<std::pair<std::string, std::string>>;

/// A user error where `embedded` is asked for and this process has no embedded broker.
Result<KafkaProperties> connection_properties(const KafkaConnection& connection);

/// Whether the value of this librdkafka property may not be shown.
bool is_secret_property(const std::string& name);

std::string lower_case(std::string text);
std::string upper_case(std::string text);

}  // namespace weir
