# Sigma files are told by their content; what is wrong, what can never match and why, what is left out.
. "$CASES/../lib.sh"
rule() { # NAME DETECTION...: a rule about CloudTrail
    printf 'title: %s\nid: id-%s\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n' "$1" "$1"
    shift
    printf '    %s\n' "$@"
}
{
    rule one 'selection: {eventName: ConsoleLogin}' 'condition: selection'
    echo ---
    rule two 'selection: {eventNam: ConsoleLogin}' 'condition: selection'
    echo ---
    rule three 'selection: {eventName: [A, B]}' 'filter: {userIdentity.arn|contains: requestParameters.userName}' \
        'other: {userIdentity.arn|fieldref: userIdentity.userName}' 'condition: selection and not filter and not other'
    echo ---
    rule four 'a: {eventName: X}' 'b: {eventName: Y}' 'c: {eventName: Z}' 'condition: a and b'
    echo ---
    printf 'title: five\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {b: c}, condition: a}\n'
} >good.yml
run keywarden rule check good.yml
run keywarden rule check --quiet good.yml
run keywarden rule list good.yml
{
    rule one 'selection: {eventName|contians: x}' 'condition: selection'
    echo ---
    rule two 'selection: {eventName: x}' 'condition: selektion'
    echo ---
    rule three 'selection: {eventName: x}' 'condition: selection and (selection'
    echo ---
    rule four 'selection: {eventName|re: "a("}' 'condition: selection'
    echo ---
    rule five 'selection: {eventName|expand: "%admins%"}' 'condition: selection'
    echo ---
    rule six 'selection: {readOnly|exists: maybe}' 'condition: selection'
    echo ---
    rule seven 'selection: {eventName: x}' 'condition: 1 of filter_*'
    echo ---
    rule eight 'selection: {eventName: x}' 'condition: selection | count() > 5'
    echo ---
    rule nine 'selection: {sourceIPAddress|cidr: 10.0.0.0/33}' 'condition: selection'
    echo ---
    rule ten 'selection: {a|gt: "5"}' 'condition: selection'
    echo ---
    rule eleven 'selection: {eventName: {x: y}}' 'condition: selection'
    echo ---
    printf 'title: twelve\naction: global\n'
    echo ---
    printf 'title: thirteen\ncorrelation: {type: event_cont, rules: [id-one], timespan: 5m}\n'
    echo ---
    printf 'title: fourteen\ncorrelation: {type: event_count, rules: [id-one], timespan: 5 minutes}\n'
    echo ---
    printf 'title: fifteen\ncorrelation: {type: event_count, rules: [id-one], timespan: 5m, condition: {gt: 5, lt: 3}}\n'
} >bad.yml
run keywarden rule check bad.yml
echo 'admins: [alice, "b*"]' >values.yml
rule five 'selection: {eventName|expand: "%admins%"}' 'condition: selection' >five.yml
run keywarden rule check five.yml --placeholders values.yml
printf 'title: c\ncorrelation: {type: temporal, rules: [id-five, id-nine], timespan: 5m}\n' >lost.yml
run keywarden rule check five.yml lost.yml --placeholders values.yml
echo "for reports there are other rules:"
run keywarden audit good.yml --rules good.yml
echo '- {id: p, rule: "{ $.eventName = x }"}' >pattern.yaml
run keywarden rule check pattern.yaml
run keywarden audit good.yml --rules pattern.yaml
