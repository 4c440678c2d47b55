/* aws_connection.h: the one account that a command calls: settings, credentials, a session.
 *
 * --profile, --region and --endpoint-url come before the environment, that before the files of
 * ~/.aws, as AWS's own tools have it. Where --region means something else to a command, it has
 * --aws-region. Nothing is called until somebody sends.
 *
 * Ownership: the connection owns all of it until connection_close; args are borrowed.
 * Threads:   opened and closed by one; any number may send with its session.
 *
 * Example:   struct aws_connection connection = {0};
 *            if (connection_open(&connection, args, &err)) {
 *                ... aws_send(&connection.session, ...) ...
 *            }
 *            connection_close(&connection); */
#ifndef CLI_AWS_CONNECTION_H
#define CLI_AWS_CONNECTION_H

#include "aws/client.h"
#include "aws/credentials_chain.h"
#include "cli/opt.h"

struct aws_connection {
    struct http *http;
    struct aws_client client;
    struct credentials_chain chain;
    struct credentials_source *source;
    struct aws_session session;
};

MUST_USE bool connection_open(struct aws_connection *connection, const struct args *args,
                              struct err *err);
void connection_close(struct aws_connection *connection); /* a zeroed struct is fine */

#endif
