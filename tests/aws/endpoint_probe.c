/* Where each service is reached with this environment and ~/.aws, for tests.
 *
 * usage: aws_endpoint_probe [REGION]      a line for each service: URL, signing region
 *        With "-" first, reads lines of FIPS DUALSTACK REGION instead, and no settings. */
#include <stdio.h>
#include <string.h>

#include "aws/endpoint.h"

static void print(const struct aws_settings *settings, const char *region)
{
    for (size_t i = 0; i < AWS_SERVICE_COUNT; i++) {
        struct aws_endpoint endpoint;
        struct err err = {0};
        const struct aws_service_info *info = aws_service_info((enum aws_service)i);
        if (aws_endpoint_resolve(settings, (enum aws_service)i, str_from(region), &endpoint,
                                 &err)) {
            (void)printf("%s %s %s %s\n", info->setting, region, endpoint.url,
                         endpoint.signing_region);
        } else {
            (void)printf("%s %s error %s\n", info->setting, region, err.text);
        }
    }
}

int main(int count, char **words)
{
    struct aws_settings settings = {0};
    struct aws_settings_options given = {0};
    struct profiles profiles;
    struct err err = {0};
    char line[256];

    if (count > 1 && strcmp(words[1], "-") == 0) {
        while (fgets(line, sizeof line, stdin) != NULL) {
            settings.use_fips = line[0] == '1';
            settings.use_dualstack = line[2] == '1';
            line[strcspn(line, "\n")] = '\0';
            print(&settings, line + 4);
        }
        return 0;
    }
    if (!profiles_load(&profiles, &err) || !aws_settings_load(&settings, &profiles, &given, &err)) {
        (void)printf("error %s\n", err.text);
        return 0;
    }
    profiles_release(&profiles);
    print(&settings, count > 1 ? words[1] : "");
    return 0;
}
