/* A plan as a table and as JSON. */
#include "collect/plan.h"
#include "render/json.h"
#include "render/number.h"
#include "render/table.h"

enum { TEXT_SIZE_MAX = 4096, MS_PER_S = 1000, S_PER_MINUTE = 60, MINUTES_SHOWN = 3 };

static void write_time(struct buf *out, uint64_t ms)
{
    uint64_t seconds = (ms + MS_PER_S - 1) / MS_PER_S;

    if (seconds <= MINUTES_SHOWN * S_PER_MINUTE) {
        number_counted(out, seconds, STR("second"));
    } else {
        number_counted(out, (seconds + S_PER_MINUTE - 1) / S_PER_MINUTE, STR("minute"));
    }
}

static void cell_number(struct table *table, uint64_t value, bool has_more)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    if (value > 0 || !has_more) {
        number_grouped(&text, value);
    }
    buf_str(&text, has_more ? STR("+") : STR(""));
    table_cell(table, buf_text(&text), STYLE_NONE);
    buf_release(&text);
}

static void write_calls(const struct collect_plan *plan, struct buf *out, size_t width, bool color)
{
    static const struct table_column columns[] = {
        {STR_LIT("CALL"), TABLE_LEFT, 24, 0},          {STR_LIT("HOW OFTEN"), TABLE_LEFT, 0, 0},
        {STR_LIT("CALLS"), TABLE_RIGHT, 0, 0},         {STR_LIT("A SECOND"), TABLE_RIGHT, 0, 0},
        {STR_LIT("WHAT IT TELLS"), TABLE_LEFT, 20, 0},
    };
    struct table table = {.columns = columns, .column_count = 5, .color = color};
    struct buf name;

    buf_init(&name, TEXT_SIZE_MAX);
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->rows[i];
        buf_clear(&name);
        buf_printf(&name, "%s:%s", aws_service_info(row->call->service)->name,
                   row->call->operation);
        table_cell(&table, buf_text(&name), STYLE_NONE);
        table_cell(&table, str_from(row->often), STYLE_NONE);
        cell_number(&table, row->calls, row->has_more);
        cell_number(&table, row->call->rate, false);
        table_cell(&table, str_from(row->call->help), STYLE_FAINT);
    }
    table_write(&table, out, 0, width);
    table_release(&table);
    buf_release(&name);
}

static void write_sum(const struct collect_plan *plan, struct buf *out)
{
    number_counted(out, plan->accounts, STR("account"));
    buf_printf(out, ", %u at a time: %s", plan->jobs, plan->has_more ? "at least " : "");
    number_counted(out, plan->calls, STR("call"));
    buf_str(out, STR(" in about "));
    write_time(out, plan->total_ms);
    buf_char(out, '\n');
    if (plan->organization_calls > 1) {
        buf_str(out, STR("  the organization  "));
        number_counted(out, plan->organization_calls, STR("call"));
        buf_str(out, STR(", "));
        write_time(out, plan->organization_ms);
        buf_char(out, '\n');
    }
    buf_str(out, STR("  an account        "));
    number_counted(out, plan->account_calls, STR("call"));
    buf_str(out, STR(", "));
    write_time(out, plan->account_ms);
    buf_str(out, STR("; all of them "));
    write_time(out, plan->accounts_ms);
    if (plan->entry_ms > plan->accounts_ms) {
        buf_str(out, STR(", but STS lets so many be entered in no less than "));
        write_time(out, plan->entry_ms);
    }
    buf_printf(out,
               "\n  assumed           an answer takes %d ms, a report %d s, an account has %d "
               "regions\n",
               PLAN_LATENCY_MS, PLAN_REPORT_MS / MS_PER_S, PLAN_REGION_COUNT);
    if (plan->has_more) {
        buf_str(out,
                STR("  +                 and as many more as there are, which only AWS knows\n"));
    }
}

void plan_write_table(const struct collect_plan *plan, struct buf *out, size_t width, bool color)
{
    write_calls(plan, out, width, color);
    buf_char(out, '\n');
    write_sum(plan, out);
}

void plan_write_json(const struct collect_plan *plan, struct buf *out)
{
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    json_member_text(&json, STR("schema"), STR("keywarden.plan/1"));
    json_member_u64(&json, STR("accounts"), plan->accounts);
    json_member_u64(&json, STR("jobs"), plan->jobs);
    json_key(&json, STR("assumed"));
    json_open(&json, '{');
    json_member_u64(&json, STR("answer_ms"), PLAN_LATENCY_MS);
    json_member_u64(&json, STR("report_ms"), PLAN_REPORT_MS);
    json_member_u64(&json, STR("regions"), PLAN_REGION_COUNT);
    json_close(&json, '}');
    json_key(&json, STR("calls"));
    json_open(&json, '[');
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->rows[i];
        json_open(&json, '{');
        json_member_text(&json, STR("service"),
                         str_from(aws_service_info(row->call->service)->name));
        json_member_text(&json, STR("operation"), str_from(row->call->operation));
        json_member_text(&json, STR("permission"), str_from(row->call->action));
        json_member_text(&json, STR("often"), str_from(row->often));
        json_member_u64(&json, STR("calls"), row->calls);
        json_key(&json, STR("has_more"));
        json_bool(&json, row->has_more);
        json_member_u64(&json, STR("rate"), row->call->rate);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_member_u64(&json, STR("at_least"), plan->calls);
    json_key(&json, STR("has_more"));
    json_bool(&json, plan->has_more);
    json_member_u64(&json, STR("organization_ms"), plan->organization_ms);
    json_member_u64(&json, STR("account_ms"), plan->account_ms);
    json_member_u64(&json, STR("entry_ms"), plan->entry_ms);
    json_member_u64(&json, STR("total_ms"), plan->total_ms);
    json_close(&json, '}');
    buf_char(out, '\n');
}
