/* arn.h: the parts of an Amazon Resource Name, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.
 *
 * Ownership: parts point into the name.
 * Threads:   pure function.
 *
 * Example:   arn_part(STR("arn:aws:sns:eu-west-1:111122223333:alarms"), ARN_REGION) // eu-west-1 */
#ifndef MODEL_ARN_H
#define MODEL_ARN_H

#include "base/str.h"

enum arn_part { ARN_PARTITION, ARN_SERVICE, ARN_REGION, ARN_ACCOUNT, ARN_RESOURCE };

/* The resource is all that is behind the account, with its colons. Empty where the part is, where
 * there is none, and where the text is no ARN. */
struct str arn_part(struct str arn, enum arn_part part);

#endif
