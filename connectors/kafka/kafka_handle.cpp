// kafka_handle.cpp — makes librdkafka handles and collects what they report.
#include "connectors/kafka/kafka_handle.h"

#include <string_view>

#include "engine/base/log.h"

namespace weir {
namespace {

using namespace std::chrono_literals;

// "[thrd:sasl_ssl://HOST:PORT/bootstrap]: sasl_ssl://HOST:PORT/bootstrap: reason (after 3ms in state
// CONNECT)" is librdkafka's way of saying "HOST:PORT: reason".
std::string plain_reason(std::string_view text) {
  if (text.starts_with("[thrd:")) {
    const auto end = text.find("]: ");
    if (end != std::string_view::npos) text.remove_prefix(end + 3);
  }
  const auto scheme = text.find("://");
  if (scheme != std::string_view::npos && text.find(' ') > scheme) text.remove_prefix(scheme + 3);
  std::string reason(text.substr(0, text.find(" (after ")));
  const auto slash = reason.find('/');
  const auto colon = reason.find(": ");
  if (slash != std::string::npos && colon != std::string::npos && slash < colon)
    reason.erase(slash, colon - slash);
  return reason;
}

bool is_login_refusal(rd_kafka_resp_err_t code, std::string_view reason) {
  return code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED ||
         reason.find("SASL authentication error") != std::string_view::npos ||
         reason.find("SASL SCRAM") != std::string_view::npos ||
         reason.find("mechanism handshake failed") != std::string_view::npos;
}

void on_error(rd_kafka_t*, int code, const char* reason, void* opaque) {
  static_cast<BrokerEvents*>(opaque)->failed(static_cast<rd_kafka_resp_err_t>(code), plain_reason(reason));
}

void on_log(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  // 2.0.2 tells of a message larger than receive.message.max.bytes nowhere else.
  if (std::string_view(text).find("Invalid response size") != std::string_view::npos) {
    static_cast<BrokerEvents*>(rd_kafka_opaque(client))->oversized(plain_reason(text));
  }
  const bool concerns_settings = std::string_view(facility) == "CONFWARN";
  log::write(concerns_settings || level <= 2 ? log::Level::warning : log::Level::debug,
             fmt::format("librdkafka {}: {}", facility, plain_reason(text)));
}

}  // namespace

void BrokerEvents::failed(rd_kafka_resp_err_t code, std::string reason) {
  const std::lock_guard lock(mutex_);
  is_troubled_ = true;
  all_down_ = all_down_ || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  // "all brokers are down" says less than the reason that came before it, or that will come.
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || reason.empty()) return;
  login_refused_ = is_login_refusal(code, reason);
  reason_ = std::move(reason);
}

void BrokerEvents::oversized(std::string reason) {
  const std::lock_guard lock(mutex_);
  oversized_ = std::move(reason);
  oversized_at_ = std::chrono::steady_clock::now();
}

void BrokerEvents::worked() {
  const std::lock_guard lock(mutex_);
  is_troubled_ = false;
  login_refused_ = false;
  all_down_ = false;
}

std::string BrokerEvents::trouble() const {
  const std::lock_guard lock(mutex_);
  // The connection is closed and tried again about every second for as long as that message is in the way.
  if (!oversized_.empty() && std::chrono::steady_clock::now() - oversized_at_ < 30s) {
    return "broker " + oversized_ + " (raise receive.message.max.bytes under properties)";
  }
  if (!is_troubled_) return {};
  return reason_.empty() ? "no broker answers" : "broker " + reason_;
}

std::string BrokerEvents::reason_for(rd_kafka_resp_err_t code) const {
  const std::lock_guard lock(mutex_);
  const bool is_vague = code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__TIMED_OUT ||
                        code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
                        code == RD_KAFKA_RESP_ERR__AUTHENTICATION;
  return is_vague && is_troubled_ && !reason_.empty() ? reason_ : rd_kafka_err2str(code);
}

bool BrokerEvents::login_was_refused() const {
  const std::lock_guard lock(mutex_);
  return login_refused_;
}

bool BrokerEvents::all_are_down() const {
  const std::lock_guard lock(mutex_);
  return all_down_;
}

Status set_property(rd_kafka_conf_t* configuration, const std::string& name, const std::string& value) {
  char reason[512];
  const auto outcome = rd_kafka_conf_set(configuration, name.c_str(), value.c_str(), reason, sizeof reason);
  if (outcome == RD_KAFKA_CONF_OK) return {};
  if (outcome == RD_KAFKA_CONF_UNKNOWN)
    return Error{ErrorKind::user, fmt::format("librdkafka has no property {}", name)};
  if (is_secret_property(name))
    return Error{ErrorKind::user, fmt::format("librdkafka refuses the value of {}", name)};
  return Error{ErrorKind::user, fmt::format("librdkafka refuses {}: {}", name, reason)};
}

Result<KafkaPointer<rd_kafka_t>> make_kafka_handle(rd_kafka_type_t type, const KafkaProperties& properties,
                                                   BrokerEvents& events, void (*prepare)(rd_kafka_conf_t*)) {
  KafkaPointer<rd_kafka_conf_t> configuration(rd_kafka_conf_new());
  for (const auto& [name, value] : properties) WEIR_TRY(set_property(configuration.get(), name, value));
  rd_kafka_conf_set_opaque(configuration.get(), &events);
  rd_kafka_conf_set_error_cb(configuration.get(), on_error);
  rd_kafka_conf_set_log_cb(configuration.get(), on_log);
  if (prepare != nullptr) prepare(configuration.get());
  char reason[512];
  KafkaPointer<rd_kafka_t> client(rd_kafka_new(type, configuration.get(), reason, sizeof reason));
  if (client == nullptr)
    return Error{ErrorKind::user, fmt::format("librdkafka refuses the settings: {}", reason)};
  static_cast<void>(configuration.release());  // rd_kafka_new took it
  return client;
}

}  // namespace weir
