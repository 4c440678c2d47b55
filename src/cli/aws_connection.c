#include "cli/aws_connection.h"

#include "os/system.h"

enum { CONNECTIONS_MAX = 16 };

bool connection_open(struct aws_connection *connection, const struct args *args, struct err *err)
{
    const bool is_split = opt_find(args->opts, STR("aws-region")) != NULL;
    const struct aws_settings_options given = {
        .profile = args_value(args, "profile", STR("")),
        .region = args_value(args, is_split ? "aws-region" : "region", STR("")),
        .endpoint_url = args_value(args, "endpoint-url", STR("")),
    };
    struct profiles profiles = {0};
    struct aws_settings settings;
    struct http_options options = {.connections_max = CONNECTIONS_MAX};
    bool ok = false;

    system_forbid_dumps();
    ok = profiles_load(&profiles, err) && aws_settings_load(&settings, &profiles, &given, err);
    profiles_release(&profiles);
    if (!ok) {
        return false;
    }
    options.ca_bundle = settings.ca_bundle;
    connection->http = http_new(&options, err);
    if (connection->http == NULL) {
        return false;
    }
    aws_client_init(&connection->client, connection->http, net_clock_of(connection->http),
                    &settings);
    connection->chain =
        (struct credentials_chain){.client = &connection->client, .profile = given.profile};
    connection->source = credentials_source_new(credentials_chain_fetch, &connection->chain,
                                                &connection->client.clock);
    aws_session_init(&connection->session, &connection->client, connection->source);
    return true;
}

void connection_close(struct aws_connection *connection)
{
    if (connection->source != NULL) {
        aws_session_release(&connection->session);
        credentials_source_free(connection->source);
    }
    http_free(connection->http);
    *connection = (struct aws_connection){0};
}
