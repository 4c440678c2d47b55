"""What the packs pingsafe, aws-config, security-hub and iam-best-practices say of a credential report: the
second, slow and obvious evaluator of their rules, beside that of our own controls in controls.py.

It is written from what the systems publish of their checks. Where they ask what one of our controls
asks, that control's function is called, with the system's own threshold.
"""

import controls
from controls import ACCOUNT, FAIL, NOT_APPLICABLE, PASS, ROOT, UNKNOWN, USER

DEFAULT_PARAMS = {
    "root-account-in-use.days": 2,
    "access-keys-rotated.maxAccessKeyAge": 90,
    "iam-user-unused-credentials-check.maxCredentialUsageAge": 90,
    "IAM.3.maxAccessKeyAge": 90,
    "IAM.8.maxCredentialUsageAge": 90,
    "IAM.22.days": 45,
    "iam-best-practice-2.seconds": 10,
    "iam-best-practice-3.grace": 0,
    "iam-best-practice-4.days": 90,
    "iam-best-practice-5.days": 90,
}


def asks(function, ours="", theirs=""):
    """One of our controls under another name: the parameter `ours` has the value of `theirs`."""

    def judge(row, as_of, params):
        return function(row, as_of, {ours: params[theirs]} if ours else {})

    return judge


def not_collected(row, as_of, params):
    # The report does not tell, whatever it holds.
    return UNKNOWN


# ------------------------------------------------------------------------------------------ root


def root_has_key(row):
    # A key exists, active or not. What is neither surely there nor surely absent is unknown.
    states = []
    for key in row.keys:
        state = key.state()
        if state == controls.STATE_UNKNOWN:
            states.append(None)
        else:
            states.append(state != controls.ABSENT)
    return controls.logic_or(states)


def root_has_password(row):
    # Old reports say not_supported of root's password, which every root user had.
    if row.password_enabled in (True, controls.NOT_SUPPORTED):
        return True
    return False if row.password_enabled is False else None


def config_root_access_key(row, as_of, params):
    key = root_has_key(row)
    applies = controls.logic_or([key, root_has_password(row)])
    if applies is None:
        return UNKNOWN
    return controls.status_of_failing(key) if applies else NOT_APPLICABLE


def config_root_mfa(row, as_of, params):
    applies = root_has_password(row)
    if applies is None:
        return UNKNOWN
    if not applies:
        return NOT_APPLICABLE
    return controls.status_of_failing(controls.logic_not(controls.known_boolean(row.mfa)))


def config_root_hardware_mfa(row, as_of, params):
    # Without MFA there is no hardware MFA; with it, the report does not say of which kind it is.
    status = config_root_mfa(row, as_of, params)
    return UNKNOWN if status == PASS else status


def hub_root_access_key(row, as_of, params):
    return controls.status_of_failing(root_has_key(row))


def hub_root_hardware_mfa(row, as_of, params):
    # Without root credentials the control passes, where the rule of AWS Config does not apply.
    status = config_root_hardware_mfa(row, as_of, params)
    return PASS if status == NOT_APPLICABLE else status


# ----------------------------------------------------------------------------------------- users


def key_at_setup(row, as_of, params):
    # The study counts users whether they have a password or not.
    limit = params["iam-best-practice-2.seconds"]
    for key in row.keys:
        if key.is_active() is True and controls.made_with_user(key, row.created, limit) is True:
            return FAIL
    for key in row.keys:
        could_be_active = key.is_active() is not False
        if could_be_active and controls.made_with_user(key, row.created, limit) is not False:
            return UNKNOWN
    return PASS


# ----------------------------------------------------------------------------------------- packs

ROTATED = (controls.access_key_rotated, "access-key-rotated.days")
UNUSED = (controls.user_credentials_used, "user-credentials-used.days")

PINGSAFE = (
    (
        "root-account-in-use",
        "high",
        ROOT,
        asks(controls.root_not_used, "root-not-used.days", "root-account-in-use.days"),
    ),
)

AWS_CONFIG = (
    ("iam-root-access-key-check", "critical", ROOT, config_root_access_key),
    ("root-account-mfa-enabled", "critical", ROOT, config_root_mfa),
    ("root-account-hardware-mfa-enabled", "high", ROOT, config_root_hardware_mfa),
    ("mfa-enabled-for-iam-console-access", "high", USER, asks(controls.user_console_mfa)),
    ("iam-user-mfa-enabled", "medium", USER, asks(controls.user_mfa_enabled)),
    ("access-keys-rotated", "medium", USER, asks(*ROTATED, "access-keys-rotated.maxAccessKeyAge")),
    (
        "iam-user-unused-credentials-check",
        "medium",
        USER,
        asks(*UNUSED, "iam-user-unused-credentials-check.maxCredentialUsageAge"),
    ),
    ("iam-user-no-policies-check", "low", USER, not_collected),
    ("iam-user-group-membership-check", "low", USER, not_collected),
    ("iam-no-inline-policy-check", "low", ACCOUNT, None),
    ("iam-policy-blacklisted-check", "high", ACCOUNT, None),
    ("iam-policy-no-statements-with-admin-access", "high", ACCOUNT, None),
    ("iam-policy-no-statements-with-full-access", "low", ACCOUNT, None),
    ("iam-password-policy", "medium", ACCOUNT, None),
    ("iam-policy-in-use", "low", ACCOUNT, None),
    ("iam-server-certificate-expiration-check", "medium", ACCOUNT, None),
    ("iam-external-access-analyzer-enabled", "high", ACCOUNT, None),
)

SECURITY_HUB = (
    ("IAM.1", "high", ACCOUNT, None),
    ("IAM.2", "low", USER, not_collected),
    ("IAM.3", "medium", USER, asks(*ROTATED, "IAM.3.maxAccessKeyAge")),
    ("IAM.4", "critical", ROOT, hub_root_access_key),
    ("IAM.5", "medium", USER, asks(controls.user_console_mfa)),
    ("IAM.6", "critical", ROOT, hub_root_hardware_mfa),
    ("IAM.7", "medium", ACCOUNT, None),
    ("IAM.8", "medium", USER, asks(*UNUSED, "IAM.8.maxCredentialUsageAge")),
    ("IAM.9", "critical", ROOT, asks(controls.root_mfa_enabled)),
    ("IAM.10", "medium", ACCOUNT, None),
    ("IAM.11", "medium", ACCOUNT, None),
    ("IAM.12", "medium", ACCOUNT, None),
    ("IAM.13", "medium", ACCOUNT, None),
    ("IAM.14", "medium", ACCOUNT, None),
    ("IAM.15", "medium", ACCOUNT, None),
    ("IAM.16", "low", ACCOUNT, None),
    ("IAM.17", "low", ACCOUNT, None),
    ("IAM.18", "low", ACCOUNT, None),
    ("IAM.19", "medium", USER, asks(controls.user_mfa_enabled)),
    ("IAM.21", "low", ACCOUNT, None),
    ("IAM.22", "medium", USER, asks(*UNUSED, "IAM.22.days")),
    ("IAM.23", "low", ACCOUNT, None),
    ("IAM.24", "low", ACCOUNT, None),
    ("IAM.25", "low", USER, not_collected),
    ("IAM.26", "medium", ACCOUNT, None),
    ("IAM.27", "medium", ACCOUNT, None),
    ("IAM.28", "high", ACCOUNT, None),
)

IAM_BEST_PRACTICES = (
    ("iam-best-practice-1", "high", USER, asks(controls.user_console_mfa)),
    ("iam-best-practice-2", "low", USER, key_at_setup),
    (
        "iam-best-practice-3",
        "medium",
        USER,
        asks(
            controls.user_single_active_access_key,
            "user-single-active-access-key.grace",
            "iam-best-practice-3.grace",
        ),
    ),
    ("iam-best-practice-4", "medium", USER, asks(*ROTATED, "iam-best-practice-4.days")),
    (
        "iam-best-practice-5",
        "medium",
        USER,
        asks(controls.user_used, "user-used.days", "iam-best-practice-5.days"),
    ),
)

PACKS = {
    "pingsafe": PINGSAFE,
    "aws-config": AWS_CONFIG,
    "security-hub": SECURITY_HUB,
    "iam-best-practices": IAM_BEST_PRACTICES,
}


def evaluate_report(data, file_name, as_of, params, names):
    """As controls.evaluate_report, by the controls of several packs in the order of their names."""
    table = [control for name in names for control in PACKS[name]]
    return controls.evaluate_report(
        data, file_name, as_of, {**DEFAULT_PARAMS, **params}, table
    )
