#include "aws/error_table.h"

/* By class, then by name. Codes come with and without "Exception", as protocols differ. */
static const struct aws_error_row rows[] = {
    {STR_LIT("ConcurrentModification"), AWS_RETRY},
    {STR_LIT("ConcurrentModificationException"), AWS_RETRY},
    {STR_LIT("EntityTemporarilyUnmodifiable"), AWS_RETRY},
    {STR_LIT("IDPCommunicationError"), AWS_RETRY},
    {STR_LIT("InternalError"), AWS_RETRY},
    {STR_LIT("InternalFailure"), AWS_RETRY},
    {STR_LIT("InternalServerError"), AWS_RETRY},
    {STR_LIT("InternalServerException"), AWS_RETRY},
    {STR_LIT("OperationAborted"), AWS_RETRY},
    {STR_LIT("PriorRequestNotComplete"), AWS_RETRY},
    {STR_LIT("RequestTimeout"), AWS_RETRY},
    {STR_LIT("RequestTimeoutException"), AWS_RETRY},
    {STR_LIT("ServiceException"), AWS_RETRY},
    {STR_LIT("ServiceFailure"), AWS_RETRY},
    {STR_LIT("ServiceUnavailable"), AWS_RETRY},
    {STR_LIT("ServiceUnavailableException"), AWS_RETRY},
    {STR_LIT("TransactionInProgressException"), AWS_RETRY},
    {STR_LIT("Unavailable"), AWS_RETRY},

    {STR_LIT("BandwidthLimitExceeded"), AWS_RETRY_SLOWER},
    {STR_LIT("EC2ThrottledException"), AWS_RETRY_SLOWER},
    {STR_LIT("LimitExceededException"), AWS_RETRY_SLOWER}, /* a rate; LimitExceeded is a quota */
    {STR_LIT("ProvisionedThroughputExceededException"), AWS_RETRY_SLOWER},
    {STR_LIT("RequestLimitExceeded"), AWS_RETRY_SLOWER},
    {STR_LIT("RequestThrottled"), AWS_RETRY_SLOWER},
    {STR_LIT("RequestThrottledException"), AWS_RETRY_SLOWER},
    {STR_LIT("SlowDown"), AWS_RETRY_SLOWER},
    {STR_LIT("ThrottledException"), AWS_RETRY_SLOWER},
    {STR_LIT("Throttling"), AWS_RETRY_SLOWER},
    {STR_LIT("ThrottlingException"), AWS_RETRY_SLOWER},
    {STR_LIT("TooManyRequestsException"), AWS_RETRY_SLOWER},

    {STR_LIT("RequestExpired"), AWS_RETRY_CLOCK},
    {STR_LIT("RequestInTheFuture"), AWS_RETRY_CLOCK},
    {STR_LIT("RequestTimeTooSkewed"), AWS_RETRY_CLOCK},
    /* These say so too when the clock is right: only a Date far off makes them a matter of it. */
    {STR_LIT("AuthFailure"), AWS_RETRY_CLOCK},
    {STR_LIT("InvalidSignatureException"), AWS_RETRY_CLOCK},
    {STR_LIT("SignatureDoesNotMatch"), AWS_RETRY_CLOCK},

    {STR_LIT("ExpiredToken"), AWS_RETRY_LOGIN},
    {STR_LIT("ExpiredTokenException"), AWS_RETRY_LOGIN},
    {STR_LIT("TokenRefreshRequired"), AWS_RETRY_LOGIN},

    {STR_LIT("AccessDenied"), AWS_SKIP_DENIED},
    {STR_LIT("AccessDeniedException"), AWS_SKIP_DENIED},
    {STR_LIT("AccountNotManagementOrDelegatedAdministrator"), AWS_SKIP_DENIED},
    {STR_LIT("AccountNotManagementOrDelegatedAdministratorException"), AWS_SKIP_DENIED},
    {STR_LIT("AllAccessDisabled"), AWS_SKIP_DENIED},
    {STR_LIT("AuthorizationError"), AWS_SKIP_DENIED},
    {STR_LIT("NotAuthorized"), AWS_SKIP_DENIED},
    {STR_LIT("UnauthorizedOperation"), AWS_SKIP_DENIED},

    {STR_LIT("AccountNotFoundException"), AWS_SKIP_ABSENT},
    {STR_LIT("NoSuchBucket"), AWS_SKIP_ABSENT},
    {STR_LIT("NoSuchEntity"), AWS_SKIP_ABSENT},
    {STR_LIT("NoSuchEntityException"), AWS_SKIP_ABSENT},
    {STR_LIT("NotFound"), AWS_SKIP_ABSENT},
    {STR_LIT("NotFoundException"), AWS_SKIP_ABSENT},
    {STR_LIT("ParentNotFoundException"), AWS_SKIP_ABSENT},
    {STR_LIT("PolicyNotFoundException"), AWS_SKIP_ABSENT},
    {STR_LIT("ResourceNotFoundException"), AWS_SKIP_ABSENT},
    {STR_LIT("TargetNotFoundException"), AWS_SKIP_ABSENT},
    {STR_LIT("TrailNotFoundException"), AWS_SKIP_ABSENT},

    {STR_LIT("AWSOrganizationsNotInUseException"), AWS_SKIP_STATE},
    {STR_LIT("NotSupportedService"), AWS_SKIP_STATE},
    {STR_LIT("OptInRequired"), AWS_SKIP_STATE},
    {STR_LIT("OrganizationNotFoundException"), AWS_SKIP_STATE},
    {STR_LIT("OrganizationNotInAllFeaturesModeException"), AWS_SKIP_STATE},
    {STR_LIT("PolicyTypeNotEnabledException"), AWS_SKIP_STATE},
    {STR_LIT("RegionDisabledException"), AWS_SKIP_STATE},
    {STR_LIT("ReportExpired"), AWS_SKIP_STATE},
    {STR_LIT("ReportInProgress"), AWS_SKIP_STATE},
    {STR_LIT("ReportNotPresent"), AWS_SKIP_STATE},
    {STR_LIT("ServiceAccessNotEnabledException"), AWS_SKIP_STATE},
    {STR_LIT("UnsupportedAPIEndpointException"), AWS_SKIP_STATE},

    {STR_LIT("AuthorizationHeaderMalformed"), AWS_FAIL},
    {STR_LIT("ConstraintViolationException"), AWS_FAIL},
    {STR_LIT("DeleteConflict"), AWS_FAIL},
    {STR_LIT("EntityAlreadyExists"), AWS_FAIL},
    {STR_LIT("IncompleteSignature"), AWS_FAIL},
    {STR_LIT("InvalidAction"), AWS_FAIL},
    {STR_LIT("InvalidInput"), AWS_FAIL},
    {STR_LIT("InvalidInputException"), AWS_FAIL},
    {STR_LIT("InvalidParameterCombination"), AWS_FAIL},
    {STR_LIT("InvalidParameterValue"), AWS_FAIL},
    {STR_LIT("InvalidQueryParameter"), AWS_FAIL},
    {STR_LIT("InvalidRequestException"), AWS_FAIL},
    {STR_LIT("LimitExceeded"), AWS_FAIL},
    {STR_LIT("MalformedPolicyDocument"), AWS_FAIL},
    {STR_LIT("MalformedQueryString"), AWS_FAIL},
    {STR_LIT("MissingAction"), AWS_FAIL},
    {STR_LIT("MissingParameter"), AWS_FAIL},
    {STR_LIT("NotImplemented"), AWS_FAIL},
    {STR_LIT("PackedPolicyTooLarge"), AWS_FAIL},
    {STR_LIT("PasswordPolicyViolation"), AWS_FAIL},
    {STR_LIT("PermanentRedirect"), AWS_FAIL},
    {STR_LIT("TemporaryRedirect"), AWS_FAIL},
    {STR_LIT("UnmodifiableEntity"), AWS_FAIL},
    {STR_LIT("UnsupportedOperation"), AWS_FAIL},
    {STR_LIT("ValidationError"), AWS_FAIL},
    {STR_LIT("ValidationException"), AWS_FAIL},

    {STR_LIT("IDPRejectedClaim"), AWS_FAIL_LOGIN},
    {STR_LIT("InvalidAccessKeyId"), AWS_FAIL_LOGIN},
    {STR_LIT("InvalidClientTokenId"), AWS_FAIL_LOGIN},
    {STR_LIT("InvalidIdentityToken"), AWS_FAIL_LOGIN},
    {STR_LIT("InvalidToken"), AWS_FAIL_LOGIN},
    {STR_LIT("MissingAuthenticationToken"), AWS_FAIL_LOGIN},
    {STR_LIT("MissingAuthenticationTokenException"), AWS_FAIL_LOGIN},
    {STR_LIT("NotSignedUp"), AWS_FAIL_LOGIN},
    {STR_LIT("UnauthorizedException"), AWS_FAIL_LOGIN},
    {STR_LIT("UnrecognizedClientException"), AWS_FAIL_LOGIN},
    {STR_LIT("invalid_grant"), AWS_FAIL_LOGIN},
};

enum aws_class aws_error_class(struct str code, unsigned status)
{
    for (size_t i = 0; code.n > 0 && i < sizeof rows / sizeof *rows; i++) {
        if (str_eq(rows[i].code, code)) {
            return rows[i].class;
        }
    }
    if (status == 429) {
        return AWS_RETRY_SLOWER;
    }
    if (status >= 500 && status != 501) {
        return AWS_RETRY;
    }
    return status == 401   ? AWS_FAIL_LOGIN
           : status == 403 ? AWS_SKIP_DENIED
           : status == 404 ? AWS_SKIP_ABSENT
                           : AWS_FAIL;
}

const struct aws_error_row *aws_error_rows(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}
