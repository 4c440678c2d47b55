-- Views for people: accounts with their 12 digits, times as ISO 8601 in UTC, and the words of the
-- report for what is no value. `missing` is said where the report has no such column, `unreadable`
-- where the cell is neither a value nor a word of the format.

-- Each snapshot, with what is known of its account at that instant.
CREATE VIEW snapshot_list AS
SELECT
    s.id AS snapshot,
    printf('%012d', s.account) AS account,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.taken_at, 'unixepoch') AS taken_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.generated_at, 'unixepoch') AS generated_at,
    o.name AS organization,
    u.path AS unit,
    CASE s.standalone WHEN 1 THEN 'true' WHEN 0 THEN 'false' END AS standalone,
    s.iam_users,
    s.rds,
    s.s3,
    s.ec2,
    s.cloudtrail,
    s.row_count,
    s.bad_rows,
    s.bad_cells,
    s.source
FROM snapshots AS s
LEFT JOIN organizations AS o ON o.id = s.organization
LEFT JOIN units AS u ON u.id = s.unit;

-- Each account as its newest snapshot shows it.
CREATE VIEW account_list AS
SELECT
    printf('%012d', a.account) AS account,
    o.name AS organization,
    u.path AS unit,
    CASE s.standalone WHEN 1 THEN 'true' WHEN 0 THEN 'false' END AS standalone,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.taken_at, 'unixepoch') AS newest,
    (SELECT count(*) FROM snapshots AS c WHERE c.account = a.account) AS snapshots,
    s.row_count - (
        SELECT count(*) FROM user_states AS t JOIN users AS r ON r.id = t.user
        WHERE t.snapshot = s.id AND r.name = '<root_account>'
    ) AS users
FROM accounts AS a
LEFT JOIN snapshots AS s ON s.account = a.account AND s.taken_at = (
    SELECT max(n.taken_at) FROM snapshots AS n WHERE n.account = a.account
)
LEFT JOIN organizations AS o ON o.id = s.organization
LEFT JOIN units AS u ON u.id = s.unit;

-- To whom each account belonged, and since when: a row for each change that two neighbouring
-- snapshots show. `until` is the first snapshot that shows another owner; empty for the present.
CREATE VIEW memberships AS
WITH changes AS (
    SELECT
        account,
        taken_at,
        organization,
        unit,
        standalone,
        lag(taken_at) OVER w IS NULL
            OR lag(organization) OVER w IS NOT organization
            OR lag(unit) OVER w IS NOT unit
            OR lag(standalone) OVER w IS NOT standalone AS is_change
    FROM snapshots
    WINDOW w AS (PARTITION BY account ORDER BY taken_at)
)
SELECT
    printf('%012d', c.account) AS account,
    o.name AS organization,
    u.path AS unit,
    CASE c.standalone WHEN 1 THEN 'true' WHEN 0 THEN 'false' END AS standalone,
    strftime('%Y-%m-%dT%H:%M:%SZ', c.taken_at, 'unixepoch') AS since,
    strftime('%Y-%m-%dT%H:%M:%SZ',
        lead(c.taken_at) OVER (PARTITION BY c.account ORDER BY c.taken_at), 'unixepoch') AS until
FROM changes AS c
LEFT JOIN organizations AS o ON o.id = c.organization
LEFT JOIN units AS u ON u.id = c.unit
WHERE c.is_change;

-- Every user in every snapshot: the report's columns in the report's words.
CREATE VIEW user_history AS
SELECT
    s.id AS snapshot,
    printf('%012d', s.account) AS account,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.taken_at, 'unixepoch') AS taken_at,
    u.name AS user,
    coalesce(t.arn, printf('arn:aws:iam::%012d:', s.account)
        || CASE u.name WHEN '<root_account>' THEN 'root' ELSE 'user/' || u.name END) AS arn,
    CASE WHEN u.created > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', u.created, 'unixepoch')
        WHEN u.created = 0 THEN 'no_information' WHEN u.created = -1 THEN 'not_supported'
        WHEN u.created = -2 THEN 'missing' WHEN u.created = -3 THEN 'unreadable' ELSE 'N/A'
    END AS user_creation_time,
    CASE t.password_enabled
        WHEN 1 THEN 'true' WHEN 0 THEN 'false' WHEN -1 THEN 'not_supported' WHEN -2 THEN 'missing'
        WHEN -3 THEN 'unreadable' WHEN -4 THEN 'no_information' ELSE 'N/A'
    END AS password_enabled,
    CASE
        WHEN t.password_last_used > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', t.password_last_used, 'unixepoch')
        WHEN t.password_last_used = 0 THEN 'no_information' WHEN t.password_last_used = -1 THEN 'not_supported'
        WHEN t.password_last_used = -2 THEN 'missing' WHEN t.password_last_used = -3 THEN 'unreadable' ELSE 'N/A'
    END AS password_last_used,
    CASE
        WHEN t.password_last_changed > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', t.password_last_changed, 'unixepoch')
        WHEN t.password_last_changed = 0 THEN 'no_information' WHEN t.password_last_changed = -1 THEN 'not_supported'
        WHEN t.password_last_changed = -2 THEN 'missing' WHEN t.password_last_changed = -3 THEN 'unreadable' ELSE 'N/A'
    END AS password_last_changed,
    CASE
        WHEN t.password_next_rotation > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', t.password_next_rotation, 'unixepoch')
        WHEN t.password_next_rotation = 0 THEN 'no_information' WHEN t.password_next_rotation = -1 THEN 'not_supported'
        WHEN t.password_next_rotation = -2 THEN 'missing' WHEN t.password_next_rotation = -3 THEN 'unreadable' ELSE 'N/A'
    END AS password_next_rotation,
    CASE t.mfa_active
        WHEN 1 THEN 'true' WHEN 0 THEN 'false' WHEN -1 THEN 'not_supported' WHEN -2 THEN 'missing'
        WHEN -3 THEN 'unreadable' WHEN -4 THEN 'no_information' ELSE 'N/A'
    END AS mfa_active,
    CASE t.access_key_1_active
        WHEN 1 THEN 'true' WHEN 0 THEN 'false' WHEN -1 THEN 'not_supported' WHEN -2 THEN 'missing'
        WHEN -3 THEN 'unreadable' WHEN -4 THEN 'no_information' ELSE 'N/A'
    END AS access_key_1_active,
    CASE
        WHEN t.access_key_1_last_rotated > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', t.access_key_1_last_rotated, 'unixepoch')
        WHEN t.access_key_1_last_rotated = 0 THEN 'no_information' WHEN t.access_key_1_last_rotated = -1 THEN 'not_supported'
        WHEN t.access_key_1_last_rotated = -2 THEN 'missing' WHEN t.access_key_1_last_rotated = -3 THEN 'unreadable' ELSE 'N/A'
    END AS access_key_1_last_rotated,
    CASE
        WHEN t.access_key_1_last_used_date > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', t.access_key_1_last_used_date, 'unixepoch')
        WHEN t.access_key_1_last_used_date = 0 THEN 'no_information' WHEN t.access_key_1_last_used_date = -1 THEN 'not_supported'
        WHEN t.access_key_1_last_used_date = -2 THEN 'missing' WHEN t.access_key_1_last_used_date = -3 THEN 'unreadable' ELSE 'N/A'
    END AS access_key_1_last_used_date,
    CASE
        WHEN typeof(t.access_key_1_last_used_region) = 'text' THEN t.access_key_1_last_used_region WHEN t.access_key_1_last_used_region = 0 THEN 'no_information'
        WHEN t.access_key_1_last_used_region = -1 THEN 'not_supported' WHEN t.access_key_1_last_used_region = -2 THEN 'missing' ELSE 'N/A'
    END AS access_key_1_last_used_region,
    CASE
        WHEN typeof(t.access_key_1_last_used_service) = 'text' THEN t.access_key_1_last_used_service WHEN t.access_key_1_last_used_service = 0 THEN 'no_information'
        WHEN t.access_key_1_last_used_service = -1 THEN 'not_supported' WHEN t.access_key_1_last_used_service = -2 THEN 'missing' ELSE 'N/A'
    END AS access_key_1_last_used_service,
    CASE t.access_key_2_active
        WHEN 1 THEN 'true' WHEN 0 THEN 'false' WHEN -1 THEN 'not_supported' WHEN -2 THEN 'missing'
        WHEN -3 THEN 'unreadable' WHEN -4 THEN 'no_information' ELSE 'N/A'
    END AS access_key_2_active,
    CASE
        WHEN t.access_key_2_last_rotated > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', t.access_key_2_last_rotated, 'unixepoch')
        WHEN t.access_key_2_last_rotated = 0 THEN 'no_information' WHEN t.access_key_2_last_rotated = -1 THEN 'not_supported'
        WHEN t.access_key_2_last_rotated = -2 THEN 'missing' WHEN t.access_key_2_last_rotated = -3 THEN 'unreadable' ELSE 'N/A'
    END AS access_key_2_last_rotated,
    CASE
        WHEN t.access_key_2_last_used_date > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', t.access_key_2_last_used_date, 'unixepoch')
        WHEN t.access_key_2_last_used_date = 0 THEN 'no_information' WHEN t.access_key_2_last_used_date = -1 THEN 'not_supported'
        WHEN t.access_key_2_last_used_date = -2 THEN 'missing' WHEN t.access_key_2_last_used_date = -3 THEN 'unreadable' ELSE 'N/A'
    END AS access_key_2_last_used_date,
    CASE
        WHEN typeof(t.access_key_2_last_used_region) = 'text' THEN t.access_key_2_last_used_region WHEN t.access_key_2_last_used_region = 0 THEN 'no_information'
        WHEN t.access_key_2_last_used_region = -1 THEN 'not_supported' WHEN t.access_key_2_last_used_region = -2 THEN 'missing' ELSE 'N/A'
    END AS access_key_2_last_used_region,
    CASE
        WHEN typeof(t.access_key_2_last_used_service) = 'text' THEN t.access_key_2_last_used_service WHEN t.access_key_2_last_used_service = 0 THEN 'no_information'
        WHEN t.access_key_2_last_used_service = -1 THEN 'not_supported' WHEN t.access_key_2_last_used_service = -2 THEN 'missing' ELSE 'N/A'
    END AS access_key_2_last_used_service,
    CASE t.cert_1_active
        WHEN 1 THEN 'true' WHEN 0 THEN 'false' WHEN -1 THEN 'not_supported' WHEN -2 THEN 'missing'
        WHEN -3 THEN 'unreadable' WHEN -4 THEN 'no_information' ELSE 'N/A'
    END AS cert_1_active,
    CASE
        WHEN t.cert_1_last_rotated > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', t.cert_1_last_rotated, 'unixepoch')
        WHEN t.cert_1_last_rotated = 0 THEN 'no_information' WHEN t.cert_1_last_rotated = -1 THEN 'not_supported'
        WHEN t.cert_1_last_rotated = -2 THEN 'missing' WHEN t.cert_1_last_rotated = -3 THEN 'unreadable' ELSE 'N/A'
    END AS cert_1_last_rotated,
    CASE t.cert_2_active
        WHEN 1 THEN 'true' WHEN 0 THEN 'false' WHEN -1 THEN 'not_supported' WHEN -2 THEN 'missing'
        WHEN -3 THEN 'unreadable' WHEN -4 THEN 'no_information' ELSE 'N/A'
    END AS cert_2_active,
    CASE
        WHEN t.cert_2_last_rotated > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', t.cert_2_last_rotated, 'unixepoch')
        WHEN t.cert_2_last_rotated = 0 THEN 'no_information' WHEN t.cert_2_last_rotated = -1 THEN 'not_supported'
        WHEN t.cert_2_last_rotated = -2 THEN 'missing' WHEN t.cert_2_last_rotated = -3 THEN 'unreadable' ELSE 'N/A'
    END AS cert_2_last_rotated,
    CASE
        WHEN typeof(t.additional_credentials_info) = 'text' THEN t.additional_credentials_info WHEN t.additional_credentials_info = 0 THEN 'no_information'
        WHEN t.additional_credentials_info = -1 THEN 'not_supported' WHEN t.additional_credentials_info = -2 THEN 'missing' ELSE 'N/A'
    END AS additional_credentials_info
FROM snapshots AS s
JOIN user_states AS t ON t.snapshot = s.id
JOIN users AS u ON u.id = t.user;

-- The same, of each account's newest snapshot alone.
CREATE VIEW user_list AS
SELECT h.*
FROM (SELECT id, max(taken_at) FROM snapshots GROUP BY account) AS n
JOIN user_history AS h ON h.snapshot = n.id;

-- The passwords and access keys that are active in each account's newest snapshot. `since` is when
-- it was last changed or rotated, `last_used` empty for never; days are counted up to the snapshot.
CREATE VIEW credential_list AS
WITH credentials AS (
    SELECT snapshot, user, 'password' AS credential, password_last_changed AS since,
        password_last_used AS used
    FROM user_states WHERE password_enabled = 1
    UNION ALL
    SELECT snapshot, user, 'access_key_1', access_key_1_last_rotated, access_key_1_last_used_date
    FROM user_states WHERE access_key_1_active = 1
    UNION ALL
    SELECT snapshot, user, 'access_key_2', access_key_2_last_rotated, access_key_2_last_used_date
    FROM user_states WHERE access_key_2_active = 1
)
SELECT
    printf('%012d', s.account) AS account,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.taken_at, 'unixepoch') AS taken_at,
    u.name AS user,
    c.credential,
    CASE WHEN c.since > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', c.since, 'unixepoch') END AS since,
    CASE WHEN c.used > 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', c.used, 'unixepoch') END AS last_used,
    CASE WHEN c.since > 0 THEN (s.taken_at - c.since) / 86400 END AS age_days,
    CASE WHEN c.used > 0 THEN (s.taken_at - c.used) / 86400 END AS idle_days
FROM (SELECT id, max(taken_at) FROM snapshots GROUP BY account) AS n
JOIN snapshots AS s ON s.id = n.id
JOIN credentials AS c ON c.snapshot = s.id
JOIN users AS u ON u.id = c.user;

-- Findings, open and closed. `verdict` is fail or unknown.
CREATE VIEW finding_list AS
SELECT
    id AS finding,
    printf('%012d', account) AS account,
    user,
    control,
    severity,
    status,
    verdict,
    strftime('%Y-%m-%dT%H:%M:%SZ', first_seen, 'unixepoch') AS first_seen,
    strftime('%Y-%m-%dT%H:%M:%SZ', last_seen, 'unixepoch') AS last_seen,
    strftime('%Y-%m-%dT%H:%M:%SZ', failing_since, 'unixepoch') AS failing_since,
    strftime('%Y-%m-%dT%H:%M:%SZ', closed_at, 'unixepoch') AS closed_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', reopened_at, 'unixepoch') AS reopened_at,
    reopen_count,
    evidence,
    excepted_by
FROM findings;

-- What is open now: since when, and who accepts it, if anybody does.
CREATE VIEW open_findings AS
SELECT
    account,
    user,
    control,
    severity,
    verdict,
    ifnull(reopened_at, first_seen) AS open_since,
    failing_since,
    last_seen,
    evidence,
    excepted_by
FROM finding_list
WHERE status = 'open';

-- Each time that a finding was open, with the days that it took to close it.
CREATE VIEW finding_history AS
SELECT
    f.finding,
    f.account,
    f.user,
    f.control,
    f.severity,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.opened_at, 'unixepoch') AS opened_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.closed_at, 'unixepoch') AS closed_at,
    (s.closed_at - s.opened_at) / 86400 AS days_open
FROM finding_spans AS s
JOIN finding_list AS f ON f.finding = s.finding;

-- Exceptions, with the day from which they hold no more.
CREATE VIEW exception_list AS
SELECT
    f.name AS file,
    e.position,
    e.name AS exception,
    e.owner,
    e.reason,
    e.ticket,
    strftime('%Y-%m-%d', e.expires, 'unixepoch') AS expires
FROM exceptions AS e
JOIN exception_files AS f ON f.id = e.file;
