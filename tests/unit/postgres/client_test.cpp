// client_test.cpp — what a connection promises beyond libpq.
#include "connectors/postgres/postgres_client.h"

#include <libpq-fe.h>
#include <poll.h>

#include "tests/unit/postgres/postgres_fixture.h"

namespace weir::testing {
namespace {

class ClientTest : public PostgresTest {
 protected:
  std::unique_ptr<PostgresClient> connect() {
    PostgresSettings settings;
    settings.dsn = PostgresServer::instance().dsn();
    return PostgresClient::connect(settings).value();
  }
};

// A reply that had arrived, but was not read, is lost like one that never came: both outcomes of COMMIT must look
// the same to the client.
TEST_F(ClientTest, ACutLosesTheReplyThatHasArrived) {
  auto client = connect();
  ASSERT_EQ(PQsendQuery(client->handle(), "SELECT 1"), 1);
  ASSERT_TRUE(client->flush().ok());
  pollfd arrived{PQsocket(client->handle()), POLLIN, 0};
  ASSERT_EQ(::poll(&arrived, 1, 5000), 1);
  client->cut();
  auto result = client->next_result();
  const bool is_lost = !result.ok() || result.value() == nullptr ||
                       PQresultStatus(result->get()) == PGRES_FATAL_ERROR;
  EXPECT_TRUE(is_lost);
  EXPECT_FALSE(client->is_connected());
}

TEST_F(ClientTest, ACutConnectionFailsEveryCall) {
  auto client = connect();
  client->cut();
  for (int i = 0; i < 3; ++i) {
    auto result = client->query("SELECT 1");
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind(), ErrorKind::service);
  }
}

}  // namespace
}  // namespace weir::testing
