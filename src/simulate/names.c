#include "simulate/names.h"

struct first_word {
    struct str text;
    bool is_service;
};

/* Both lists are sorted; a separator sorts before every letter. */
static const struct first_word firsts[NAME_FIRSTS] = {
    {STR_LIT("aaron"), false},   {STR_LIT("abigail"), false},   {STR_LIT("adam"), false},
    {STR_LIT("ahmed"), false},   {STR_LIT("airflow"), true},    {STR_LIT("aisha"), false},
    {STR_LIT("alan"), false},    {STR_LIT("alejandro"), false}, {STR_LIT("alice"), false},
    {STR_LIT("amara"), false},   {STR_LIT("amit"), false},      {STR_LIT("andrea"), false},
    {STR_LIT("anna"), false},    {STR_LIT("ansible"), true},    {STR_LIT("anton"), false},
    {STR_LIT("api"), true},      {STR_LIT("app"), true},        {STR_LIT("backup"), true},
    {STR_LIT("batch"), true},    {STR_LIT("ben"), false},       {STR_LIT("bianca"), false},
    {STR_LIT("billing"), true},  {STR_LIT("bot"), true},        {STR_LIT("brian"), false},
    {STR_LIT("camila"), false},  {STR_LIT("carlos"), false},    {STR_LIT("carol"), false},
    {STR_LIT("chen"), false},    {STR_LIT("chloe"), false},     {STR_LIT("ci"), true},
    {STR_LIT("claire"), false},  {STR_LIT("cloudwatch"), true}, {STR_LIT("daniel"), false},
    {STR_LIT("datadog"), true},  {STR_LIT("david"), false},     {STR_LIT("deploy"), true},
    {STR_LIT("diana"), false},   {STR_LIT("diego"), false},     {STR_LIT("elena"), false},
    {STR_LIT("emily"), false},   {STR_LIT("emma"), false},      {STR_LIT("eric"), false},
    {STR_LIT("etl"), true},      {STR_LIT("fatima"), false},    {STR_LIT("felix"), false},
    {STR_LIT("fiona"), false},   {STR_LIT("frank"), false},     {STR_LIT("gabriel"), false},
    {STR_LIT("george"), false},  {STR_LIT("github"), true},     {STR_LIT("grace"), false},
    {STR_LIT("grafana"), true},  {STR_LIT("hannah"), false},    {STR_LIT("hassan"), false},
    {STR_LIT("helen"), false},   {STR_LIT("hiro"), false},      {STR_LIT("hugo"), false},
    {STR_LIT("irene"), false},   {STR_LIT("ivan"), false},      {STR_LIT("jack"), false},
    {STR_LIT("james"), false},   {STR_LIT("jana"), false},      {STR_LIT("jenkins"), true},
    {STR_LIT("jorge"), false},   {STR_LIT("julia"), false},     {STR_LIT("kafka"), true},
    {STR_LIT("kai"), false},     {STR_LIT("karen"), false},     {STR_LIT("kenji"), false},
    {STR_LIT("kofi"), false},    {STR_LIT("laura"), false},     {STR_LIT("lena"), false},
    {STR_LIT("leo"), false},     {STR_LIT("lin"), false},       {STR_LIT("logs"), true},
    {STR_LIT("lucas"), false},   {STR_LIT("mailer"), true},     {STR_LIT("maria"), false},
    {STR_LIT("mark"), false},    {STR_LIT("mei"), false},       {STR_LIT("metrics"), true},
    {STR_LIT("mia"), false},     {STR_LIT("mohamed"), false},   {STR_LIT("monitor"), true},
    {STR_LIT("nadia"), false},   {STR_LIT("nina"), false},      {STR_LIT("noah"), false},
    {STR_LIT("olga"), false},    {STR_LIT("omar"), false},      {STR_LIT("oscar"), false},
    {STR_LIT("packer"), true},   {STR_LIT("paula"), false},     {STR_LIT("pedro"), false},
    {STR_LIT("priya"), false},   {STR_LIT("rachel"), false},    {STR_LIT("rafael"), false},
    {STR_LIT("ravi"), false},    {STR_LIT("replica"), true},    {STR_LIT("reports"), true},
    {STR_LIT("rosa"), false},    {STR_LIT("ryan"), false},      {STR_LIT("sam"), false},
    {STR_LIT("sara"), false},    {STR_LIT("scanner"), true},    {STR_LIT("simon"), false},
    {STR_LIT("sofia"), false},   {STR_LIT("splunk"), true},     {STR_LIT("sven"), false},
    {STR_LIT("sync"), true},     {STR_LIT("tara"), false},      {STR_LIT("terraform"), true},
    {STR_LIT("thomas"), false},  {STR_LIT("tomas"), false},     {STR_LIT("uma"), false},
    {STR_LIT("uploader"), true}, {STR_LIT("victor"), false},    {STR_LIT("web"), true},
    {STR_LIT("wei"), false},     {STR_LIT("yara"), false},      {STR_LIT("yuki"), false},
    {STR_LIT("zoe"), false},
};

static const struct str lasts[NAME_LASTS] = {
    STR_LIT("adams"),  STR_LIT("ali"),     STR_LIT("baker"),  STR_LIT("bauer"),  STR_LIT("bell"),
    STR_LIT("berg"),   STR_LIT("brown"),   STR_LIT("castro"), STR_LIT("chan"),   STR_LIT("clark"),
    STR_LIT("costa"),  STR_LIT("cruz"),    STR_LIT("diaz"),   STR_LIT("evans"),  STR_LIT("fischer"),
    STR_LIT("flores"), STR_LIT("foster"),  STR_LIT("garcia"), STR_LIT("gray"),   STR_LIT("haas"),
    STR_LIT("hall"),   STR_LIT("hansen"),  STR_LIT("ito"),    STR_LIT("jensen"), STR_LIT("jones"),
    STR_LIT("kaya"),   STR_LIT("kelly"),   STR_LIT("khan"),   STR_LIT("kim"),    STR_LIT("klein"),
    STR_LIT("kumar"),  STR_LIT("larsen"),  STR_LIT("lee"),    STR_LIT("lewis"),  STR_LIT("lopez"),
    STR_LIT("martin"), STR_LIT("meyer"),   STR_LIT("moore"),  STR_LIT("mori"),   STR_LIT("nguyen"),
    STR_LIT("novak"),  STR_LIT("okafor"),  STR_LIT("olsen"),  STR_LIT("ortiz"),  STR_LIT("patel"),
    STR_LIT("perez"),  STR_LIT("quinn"),   STR_LIT("reed"),   STR_LIT("reyes"),  STR_LIT("rossi"),
    STR_LIT("sato"),   STR_LIT("schmidt"), STR_LIT("shah"),   STR_LIT("silva"),  STR_LIT("singh"),
    STR_LIT("smith"),  STR_LIT("stone"),   STR_LIT("suzuki"), STR_LIT("tran"),   STR_LIT("turner"),
    STR_LIT("walker"), STR_LIT("weber"),   STR_LIT("wong"),   STR_LIT("young"),
};

/* What a service is called after its kind: each of these, and three more with a number. */
enum { STAGE_COUNT = 16, STAGE_NUMBERS = NAME_LASTS / STAGE_COUNT };
static const struct str stages[STAGE_COUNT] = {
    STR_LIT("blue"),  STR_LIT("canary"), STR_LIT("central"), STR_LIT("dev"),
    STR_LIT("east"),  STR_LIT("edge"),   STR_LIT("eu"),      STR_LIT("green"),
    STR_LIT("int"),   STR_LIT("legacy"), STR_LIT("prod"),    STR_LIT("qa"),
    STR_LIT("stage"), STR_LIT("test"),   STR_LIT("us"),      STR_LIT("west"),
};

static const struct str places[32] = {
    STR_LIT("Alder"),    STR_LIT("Amber"),     STR_LIT("Birch"),     STR_LIT("Bluefin"),
    STR_LIT("Bright"),   STR_LIT("Canyon"),    STR_LIT("Cedar"),     STR_LIT("Copper"),
    STR_LIT("Crescent"), STR_LIT("Delta"),     STR_LIT("Ember"),     STR_LIT("Falcon"),
    STR_LIT("Granite"),  STR_LIT("Harbor"),    STR_LIT("Hazel"),     STR_LIT("Indigo"),
    STR_LIT("Juniper"),  STR_LIT("Keystone"),  STR_LIT("Larkfield"), STR_LIT("Lumen"),
    STR_LIT("Maple"),    STR_LIT("Meridian"),  STR_LIT("Nimbus"),    STR_LIT("Orchard"),
    STR_LIT("Pioneer"),  STR_LIT("Quarry"),    STR_LIT("Raven"),     STR_LIT("Sable"),
    STR_LIT("Summit"),   STR_LIT("Tidewater"), STR_LIT("Vista"),     STR_LIT("Willow"),
};

static const struct str trades[16] = {
    STR_LIT("Airlines"),  STR_LIT("Analytics"), STR_LIT("Bank"),      STR_LIT("Biotech"),
    STR_LIT("Capital"),   STR_LIT("Foods"),     STR_LIT("Games"),     STR_LIT("Health"),
    STR_LIT("Insurance"), STR_LIT("Labs"),      STR_LIT("Logistics"), STR_LIT("Media"),
    STR_LIT("Retail"),    STR_LIT("Robotics"),  STR_LIT("Software"),  STR_LIT("Travel"),
};

static const struct str services[16] = {
    STR_LIT("s3"),
    STR_LIT("ec2"),
    STR_LIT("iam"),
    STR_LIT("sts"),
    STR_LIT("dynamodb"),
    STR_LIT("sqs"),
    STR_LIT("cloudformation"),
    STR_LIT("logs"),
    STR_LIT("monitoring"),
    STR_LIT("ses"),
    STR_LIT("rds"),
    STR_LIT("lambda"),
    STR_LIT("s3"),
    STR_LIT("ec2"),
    STR_LIT("cloudfront"),
    STR_LIT("route53"),
};

static const struct str regions[8] = {
    STR_LIT("us-east-1"), STR_LIT("us-west-2"),      STR_LIT("eu-west-1"), STR_LIT("us-east-1"),
    STR_LIT("us-east-2"), STR_LIT("ap-southeast-2"), STR_LIT("us-west-1"), STR_LIT("eu-central-1"),
};

static char *put_capital(char *to, struct str text)
{
    char *end = name_put(to, text);

    *to = (char)(*to - 'a' + 'A');
    return end;
}

char *name_user_write(char *to, enum name_style style, uint64_t place, bool *is_service)
{
    static const char separators[NAME_STYLES] = {'.', '_', '-', '.', '.'};
    const struct first_word *first = &firsts[place / NAME_LASTS];
    unsigned number = (unsigned)(place % NAME_LASTS);

    *is_service = first->is_service;
    if (first->is_service) {
        to = name_put(to, first->text);
        *to++ = '-';
        to = name_put(to, stages[number / STAGE_NUMBERS]);
        if (number % STAGE_NUMBERS > 0) {
            *to++ = '-';
            *to++ = (char)('0' + number % STAGE_NUMBERS);
        }
        return to;
    }
    to = style == NAME_CAPITALS ? put_capital(to, first->text) : name_put(to, first->text);
    *to++ = separators[style];
    to = style == NAME_CAPITALS ? put_capital(to, lasts[number]) : name_put(to, lasts[number]);
    return style == NAME_MAIL ? name_put(to, STR("@example.com")) : to;
}

void name_organization_write(struct buf *out, uint64_t place)
{
    uint64_t name = place % ORGANIZATION_NAMES;

    buf_str(out, places[name / 16]);
    buf_char(out, ' ');
    buf_str(out, trades[name % 16]);
}

struct str name_service(uint8_t number)
{
    return services[number % 16];
}

struct str name_region(uint8_t service, uint8_t number)
{
    struct str name = services[service % 16];

    if (str_eq(name, STR("iam")) || str_eq(name, STR("cloudfront")) ||
        str_eq(name, STR("route53"))) {
        return STR("us-east-1");
    }
    /* Uses of S3 were told without a region at times. */
    return str_eq(name, STR("s3")) && number % 4 == 0 ? STR("N/A") : regions[number % 8];
}
